from __future__ import annotations

import pytest

from openclaw_otel_bridge.notify.base import (
    SENDERS,
    Channel,
    DeliveryError,
    cut,
    load_sender,
    masked_url,
    printable,
    redacted,
)

KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
WECOM = Channel(1, "wecom", "ops", f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}")
FEISHU = Channel(2, "feishu", "ops", "https://open.feishu.cn/open-apis/bot/v2/hook/0b2c-5ecre7-t0ken", "S3CretSecret")


@pytest.mark.parametrize("channel", [WECOM, FEISHU])
def test_nothing_that_could_post_survives_redaction(channel: Channel) -> None:
    key = channel.url.rsplit("=", 1)[-1].rsplit("/", 1)[-1]
    text = f"POST {channel.url} failed: /hook/{key} key={key} {channel.secret}"
    assert key not in redacted(text, channel)
    if channel.secret:
        assert channel.secret not in redacted(text, channel)
    assert key not in repr(channel)
    assert not channel.secret or channel.secret not in repr(channel)
    assert key not in masked_url(channel.url)


def test_a_masked_url_still_tells_which_robot_it_is() -> None:
    assert masked_url(WECOM.url) == "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…5aaa"
    assert masked_url(FEISHU.url) == "https://open.feishu.cn/open-apis/bot/v2/hook/…0ken"
    assert masked_url("http://127.0.0.1:9/short") == "http://127.0.0.1:9/…"


@pytest.mark.parametrize("limit", range(3, 24))
def test_text_is_cut_in_bytes_between_characters(limit: int) -> None:
    text = "订单1001失败🚨"
    found = cut(text, limit)
    assert len(found.encode()) <= limit
    assert text.startswith(found.removesuffix("…"))
    assert (found == text) is (len(text.encode()) <= limit)


def test_control_characters_go_and_newlines_stay() -> None:
    assert printable("a\x00b\x07\u2028c\n订\t🚨\ud800") == "abc\n订\t🚨"


def test_senders_are_found_by_kind() -> None:
    assert [load_sender(kind, private=True).per_minute for kind in SENDERS] == [20, 100]
    with pytest.raises(KeyError):
        load_sender("pager", private=True)


def test_a_fault_of_the_channel_is_permanent() -> None:
    assert DeliveryError("x", channel_fault=True).permanent
    assert not DeliveryError("x", rate_limited=True).permanent
