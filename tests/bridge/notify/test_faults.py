from __future__ import annotations

from string import Formatter

import pytest

from openclaw_otel_bridge.notify.base import Channel, DeliveryError
from openclaw_otel_bridge.notify.faults import FAULTS, fault, shown
from openclaw_otel_bridge.notify.feishu import judge as judge_feishu
from openclaw_otel_bridge.notify.post import post_json
from openclaw_otel_bridge.notify.wecom import judge as judge_wecom


@pytest.mark.parametrize("key", FAULTS)
def test_each_fault_is_shown_in_the_readers_language(key: str) -> None:
    english, chinese = FAULTS[key]
    places = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (english, chinese)]
    assert places[0] == places[1]
    params = {name: f"{name}-7" for name in places[0]}
    stored = fault(key, **params)
    assert shown(stored, "en") == stored
    assert shown(stored, "zh") == chinese.format_map(params)
    answer = ' | {"errcode": 1}'
    assert shown(stored + answer, "zh") == chinese.format_map(params) + answer, "what the robot said stays"


@pytest.mark.parametrize("stored", ["", "errcode -1", "HTTP 502", "something old"])
def test_what_is_not_ours_stays(stored: str) -> None:
    assert shown(stored, "zh") == stored


def test_what_senders_raise_is_known() -> None:
    for error in (judge_wecom(93000), judge_wecom(None), judge_feishu(19021), judge_feishu(None)):
        assert shown(str(error), "zh") != str(error)
    with pytest.raises(DeliveryError) as raised:
        post_json(Channel(1, "wecom", "x", "http://127.0.0.1:1/x"), {}, private=True)
    assert shown(str(raised.value), "zh") == "无法连接 127.0.0.1"
