from __future__ import annotations

import logging

import pytest

from openclaw_otel_bridge.notify import post
from openclaw_otel_bridge.notify.base import Channel, DeliveryError
from openclaw_otel_bridge.notify.post import post_json
from tests.bridge.working import Robot

KEY = "5ecre7-0bot-key-93f1"


def channel(url: str) -> Channel:
    return Channel(1, "wecom", "ops", url)


def test_json_goes_out_as_utf8_and_the_answer_comes_back(robot: Robot) -> None:
    status, text, answer = post_json(channel(robot.url), {"text": "订单"}, private=True)
    assert (status, answer) == (200, {"errcode": 0, "errmsg": "ok"})
    assert "errcode" in text
    assert "订单".encode() in robot.raw[0], "WeCom refuses \\uXXXX"


@pytest.mark.parametrize(
    ("answer", "permanent", "channel_fault", "rate_limited", "words"),
    [
        ((500, {}, b"oops", 0), False, False, False, "HTTP 500"),
        ((503, {}, b"", 0), False, False, False, "HTTP 503"),
        ((429, {"Retry-After": "17"}, b"", 0), False, False, True, "HTTP 429"),
        ((429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, b"", 0), False, False, True, "HTTP 429"),
        ((404, {}, b"gone", 0), True, True, False, "HTTP 404"),
        ((400, {}, b"bad", 0), True, False, False, "HTTP 400"),
        ((302, {"Location": "http://127.0.0.1:1/"}, b"", 0), True, True, False, "redirects"),
        ((200, {"Content-Type": "text/html"}, b"<html>login</html>", 0), False, False, False, "not the robot's JSON"),
        ((200, {}, b"[1]", 0), False, False, False, "not the robot's JSON"),
        ((200, {}, b"\xff\xfe{", 0), False, False, False, "not the robot's JSON"),
    ],
)
def test_what_an_answer_means(
    robot: Robot, answer: object, permanent: bool, channel_fault: bool, rate_limited: bool, words: str
) -> None:
    robot.answers = [answer]
    with pytest.raises(DeliveryError, match=words) as raised:
        post_json(channel(robot.url), {}, private=True)
    error = raised.value
    assert (error.permanent, error.channel_fault, error.rate_limited) == (permanent, channel_fault, rate_limited)
    assert error.http_status == answer[0]  # type: ignore[index]
    assert len(robot.heard) == 1, "redirects are not followed"


def test_retry_after_is_read(robot: Robot) -> None:
    robot.answers = [(429, {"Retry-After": "17"}, b"", 0)]
    with pytest.raises(DeliveryError) as raised:
        post_json(channel(robot.url), {}, private=True)
    assert raised.value.retry_after == 17.0


def test_an_answer_too_late_and_one_that_never_ends(robot: Robot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "READ_SECONDS", 0.2)
    monkeypatch.setattr(post, "CONNECT_SECONDS", 0.2)
    robot.answers = [(200, {}, b"{}", 0.6)]
    with pytest.raises(DeliveryError, match="no answer within") as raised:
        post_json(channel(robot.url), {}, private=True)
    assert not raised.value.permanent
    robot.answers = [(200, {}, b"x" * 5_000_000, 0)]
    with pytest.raises(DeliveryError, match="not the robot's JSON") as big:
        post_json(channel(robot.url), {}, private=True)
    assert len(big.value.answer) == 500


def test_nobody_there_and_no_such_host(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for url in (f"http://127.0.0.1:1/send?key={KEY}", f"http://no-such-host.invalid/send?key={KEY}"):
        with pytest.raises(DeliveryError, match=r"cannot connect|cannot be resolved") as raised:
            post_json(channel(url), {}, private=True)
        assert not raised.value.permanent
        assert KEY not in str(raised.value)
        assert raised.value.__cause__ is None


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "10.1.2.3", "169.254.169.254", "localhost", "0.0.0.0"])
def test_private_addresses_only_where_allowed(host: str) -> None:
    with pytest.raises(DeliveryError, match="OPENCLAW_OTEL_PRIVATE_CHANNELS") as raised:
        post_json(channel(f"http://{host}:1/x"), {}, private=False)
    assert raised.value.channel_fault


def test_the_answer_is_stored_without_the_key(robot: Robot) -> None:
    robot.answers = [{"errcode": 93000, "errmsg": f"invalid webhook url {KEY}"}]
    _, text, _ = post_json(channel(robot.url), {}, private=True)
    assert KEY not in text
