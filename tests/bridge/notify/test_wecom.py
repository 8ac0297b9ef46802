from __future__ import annotations

import pytest

from openclaw_otel_bridge.notify.base import Channel, DeliveryError, Message, Tone
from openclaw_otel_bridge.notify.wecom import LIMIT, WecomSender, judge, markdown
from tests.bridge.working import Robot


def test_markdown_has_title_facts_body_and_a_link() -> None:
    message = Message(
        "新问题", (("店铺", "us-1"), ("错误码", "401")), "说明\n下一步", (("查看", "http://b/issues/7"),), Tone.ALARM
    )
    assert markdown(message).splitlines() == [
        '**<font color="warning">新问题</font>**',
        "> 店铺: us-1",
        "> 错误码: 401",
        "说明",
        "下一步",
        "[查看](http://b/issues/7)",
    ]


def test_foreign_text_mentions_nobody_and_links_nowhere() -> None:
    nasty = "<@all> [pay here](http://evil.example) **x** `y` <font color='info'>"
    text = markdown(Message(nasty, ((nasty, nasty),), nasty))
    for markup in ("<@", "](", "`", "<font color='"):
        assert markup not in text


@pytest.mark.parametrize("size", [10, 1365, 1366, 5000, 100_000])
def test_never_longer_than_the_limit_and_the_link_always_there(size: int) -> None:
    message = Message("店" * size, (("店铺", "铺" * size),) * 12, "说明🚨" * size, (("查看", "http://b/issues/7"),))
    text = markdown(message)
    assert len(text.encode()) <= LIMIT
    assert text.endswith("[查看](http://b/issues/7)")


@pytest.mark.parametrize(
    ("code", "permanent", "channel_fault", "rate_limited"),
    [
        (45009, False, False, True),
        (93000, True, True, False),
        (40058, True, False, False),
        (40033, True, False, False),
        (40008, True, False, False),
        (44004, True, False, False),
        (-1, False, False, False),
        (123456, False, False, False),
        (None, False, False, False),
        ("0", False, False, False),
    ],
)
def test_what_a_code_means(code: object, permanent: bool, channel_fault: bool, rate_limited: bool) -> None:
    error = judge(code)
    assert (error.permanent, error.channel_fault, error.rate_limited) == (permanent, channel_fault, rate_limited)


def test_sent_is_what_the_body_says_not_the_status(robot: Robot) -> None:
    channel = Channel(1, "wecom", "ops", robot.url)
    sender = WecomSender(private=True)
    assert sender.send(channel, Message("hi")).http_status == 200
    assert robot.heard[0]["msgtype"] == "markdown"
    robot.answers = [{"errcode": 93000, "errmsg": "invalid webhook url, hint: [1]"}]
    with pytest.raises(DeliveryError, match="errcode 93000: the robot's URL") as raised:
        sender.send(channel, Message("hi"))
    assert raised.value.http_status == 200
    assert "invalid webhook url" in raised.value.answer
