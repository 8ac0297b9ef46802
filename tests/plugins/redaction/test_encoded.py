from __future__ import annotations

import base64

import pytest

from openclaw_otel_plugins.redaction.encoded import (
    as_before,
    base64_parts,
    blob,
    decoded,
    may_hide_text,
    percent,
    plain,
)
from openclaw_otel_plugins.redaction.run import Run, TooDense


def redact(data: bytes, run: Run) -> bytes:
    return data.replace(b"jo@example.com", b"[email]")


def test_percent_encoded_parts_are_opened() -> None:
    assert percent(b"q=jo%40example.com&x=%2Fwc%2Fv3", Run(), redact) == b"q=[email]&x=%2Fwc%2Fv3"
    assert percent(b"100 % of %40", Run(), redact) == b"100 % of %40"


def test_an_endless_run_is_given_up() -> None:
    with pytest.raises(TooDense):
        percent(b"%40" * 100_000, Run(), redact)


def test_base64_of_text_is_opened_and_closed_again() -> None:
    hidden = base64.b64encode(b'{"to":"jo@example.com","more":"text"}')
    done = base64_parts(b"data " + hidden + b" end", Run(), redact)
    assert base64.b64decode(done.split()[1]) == b'{"to":"[email]","more":"text"}'
    assert base64_parts(done, Run(), redact) == done


def test_credentials_in_base64_are_a_token() -> None:
    assert blob(base64.b64encode(b"ck_0123456789:cs_0123456789abc"), Run(), redact) == b"[token]"


@pytest.mark.parametrize(
    "text", ["d41d8cd98f00b204e9800998ecf8427e" * 2, "A" * 40, "snake_case_words_make_long_names_too"]
)
def test_digests_and_names_are_no_base64(text: str) -> None:
    assert not may_hide_text(text.encode())
    assert blob(text.encode(), Run(), redact) is None


def test_what_is_no_text_is_not_read() -> None:
    assert decoded(base64.b64encode(bytes(range(200, 250)))) is None
    assert decoded(base64.b64encode("张三".encode())[:-2]) == "张".encode()


def test_letters_are_read_however_they_are_written() -> None:
    assert plain("\\u5bc6%E7%A0%81=１３８＠".encode()) == "密码=138@".encode()
    assert plain(b"100%25 %2F %C3") == b"100%25 %2F %C3"
    assert as_before("密码=[token]".encode(), b"%E5%AF%86%E7%A0%81=abc") == b"%E5%AF%86%E7%A0%81=[token]"
    assert as_before("密码=[token]".encode(), "密码=abc%E7%A0%81".encode()) == "密码=[token]".encode()
