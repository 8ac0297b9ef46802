from __future__ import annotations

import json

import pytest

from openclaw_otel_bridge.notify.base import Channel, DeliveryError, Message, Tone
from openclaw_otel_bridge.notify.feishu import LIMIT, FeishuSender, card, judge, sign
from tests.bridge.working import Robot

# The first is published with the go-lark library (crypto_test.go); the second follows the bot guide's formula.
VECTORS = [
    ("xxx", 1661860880, "QnWVTSBe6FmQDE0bG6X0mURbI+DnvVyu1h+j5dHOjrU="),
    ("SECdemo", 1727658000, "CvyLGKaZh4+9Ud4rH2qOgGbZKbJDUpOZcdixJa3kz4Y="),
]


@pytest.mark.parametrize(("secret", "timestamp", "expected"), VECTORS)
def test_signature_vectors(secret: str, timestamp: int, expected: str) -> None:
    assert sign(secret, timestamp) == expected


def test_a_signed_card_with_a_button(robot: Robot) -> None:
    robot.answers = [{"code": 0, "msg": "success", "data": {}}]
    channel = Channel(1, "feishu", "ops", robot.url, "xxx")
    message = Message("新问题", (("店铺", "us-1"),), "说明", (("查看", "http://b/issues/7"),), Tone.ALARM)
    FeishuSender(private=True, clock=lambda: 1661860880.9).send(channel, message)
    (heard,) = robot.heard
    assert (heard["timestamp"], heard["sign"]) == ("1661860880", VECTORS[0][2])
    assert heard["msg_type"] == "interactive"
    assert heard["card"]["header"]["template"] == "red"
    assert heard["card"]["body"]["elements"][-1]["behaviors"] == [
        {"type": "open_url", "default_url": "http://b/issues/7"}
    ]
    texts = [element["text"] for element in heard["card"]["body"]["elements"]]
    assert {text["tag"] for text in texts} == {"plain_text"}, "foreign text is never markup"


def test_without_a_secret_there_is_no_signature(robot: Robot) -> None:
    robot.answers = [{"StatusCode": 0, "StatusMessage": "success"}]
    FeishuSender(private=True).send(Channel(1, "feishu", "ops", robot.url), Message("hi"))
    assert "sign" not in robot.heard[0]


def test_never_longer_than_the_limit() -> None:
    huge = '说明🚨"\\\n' * 50_000
    found = card(Message(huge, ((huge, huge),) * 20, huge, ((huge, "http://b/issues/7"),)))
    assert len(json.dumps(found, ensure_ascii=False).encode()) <= LIMIT
    assert found["body"]["elements"]


@pytest.mark.parametrize(
    ("answer", "permanent", "channel_fault", "rate_limited", "words"),
    [
        ({"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}, True, True, False, "secret"),
        ({"code": 19022, "msg": "Ip Not Allowed"}, True, True, False, "IP list"),
        ({"code": 19024, "msg": "Key Words Not Found"}, True, True, False, "keyword"),
        ({"code": 19001, "msg": "access token invalid"}, True, True, False, "URL"),
        ({"code": 11232, "msg": "frequency limited psm[x]appID[1]"}, False, False, True, "more messages"),
        ({"code": 9499, "msg": "Bad Request", "data": {}}, True, False, False, "malformed"),
        ({"code": 424242}, False, False, False, "424242"),
        ({"ok": True}, False, False, False, "no code"),
    ],
)
def test_what_a_200_means(
    robot: Robot, answer: object, permanent: bool, channel_fault: bool, rate_limited: bool, words: str
) -> None:
    robot.answers = [answer]
    with pytest.raises(DeliveryError, match=words) as raised:
        FeishuSender(private=True).send(Channel(1, "feishu", "ops", robot.url, "s"), Message("hi"))
    error = raised.value
    assert (error.permanent, error.channel_fault, error.rate_limited) == (permanent, channel_fault, rate_limited)
    assert error.http_status == 200


def test_a_code_of_another_type_is_no_success() -> None:
    assert not judge("0").permanent
