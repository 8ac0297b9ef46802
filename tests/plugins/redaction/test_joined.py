from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel import ErrorRecord, ExceptionInfo
from openclaw_otel_plugins.redact import RuleRedactor
from openclaw_otel_plugins.redaction.joined import hits
from openclaw_otel_plugins.redaction.rules import compiled, load_rules

PIECES = (
    *("order", "1001", "of", "ana@mail.example", "call", "13800138000", "+49 151 2345678", "4111 1111 1111 1111"),
    *("password: hunter22222", '{"email":"x@y.example"}', "a=b&phone=13800138000", "\\u5f20", "联系人：张三"),
    *("shpat_0123456789abcdef0123", "https://u:secret99@h.example/p", "-----BEGIN KEY-----", "AAAA", "%40", "<b>"),
    *("530107199003077733", "\x1f", "wxid_abcdef99", "收货地址：北京路 1 号", "(415) 555-0132", "no", "tel"),
    "DE89370400440532013000",
)
TEXTS = st.lists(st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join), min_size=4, max_size=12)
REDACTOR = RuleRedactor(load_rules())


@given(TEXTS)
def test_together_is_as_alone(texts: list[str]) -> None:
    records = [
        ErrorRecord(id=str(n), message=text, exception=ExceptionInfo("E", text, ""), attributes={"note.x": text})
        for n, text in enumerate(texts)
    ]
    together = REDACTOR.records(records)
    assert together == [REDACTOR.record(record) for record in records]
    for text, record in zip(texts, together, strict=True):
        assert "\x1f" in text or record.message == REDACTOR.text(text)


def test_a_rule_of_the_users_that_reaches_further_is_asked_alone(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "rules.json"
    file.write_text('{"values": [{"name": "badge", "placeholder": "badge", "pattern": "badge [^!]+"}]}')
    redactor = RuleRedactor(load_rules(file))
    records = [ErrorRecord(id=str(n), message=f"badge {n} of b{n}@mail.example") for n in range(9)]
    assert [record.message for record in redactor.records(records)] == ["[badge]"] * 9


def test_each_buyer_keeps_a_pseudonym_of_their_own() -> None:
    redactor = RuleRedactor(load_rules(), b"k" * 32)
    records = [ErrorRecord(id=str(n), attributes={"email": f"b{n}@mail.example"}) for n in range(5)]
    marks = {str(record.attributes) for record in redactor.records(records)}
    assert len(marks) == 5
    assert redactor.records(records) == [redactor.record(record) for record in records]


def test_hits_count_separators_before_the_match() -> None:
    chance = random.Random(7)
    pattern = compiled("x")
    for _ in range(50):
        texts = ["".join(chance.choices("abx", k=chance.randint(0, 4))) for _ in range(12)]
        found = set(hits("\x1f".join(texts).encode(), pattern))
        assert found == {at for at, text in enumerate(texts) if "x" in text}
