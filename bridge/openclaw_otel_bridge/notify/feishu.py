"""Feishu / Lark (飞书) custom bots.

Interactive cards up to 20 KB, 100 messages a minute, optional signature within one hour; failures come as HTTP 200
with a `code`: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from openclaw_otel_bridge.notify.base import Channel, DeliveryError, Message, Sent, Tone, cut, printable
from openclaw_otel_bridge.notify.faults import fault
from openclaw_otel_bridge.notify.post import post_json

LIMIT = 18_000
"""Bytes of our body; Feishu takes 20 KB and counts what it adds itself."""

_TEMPLATES: Mapping[Tone, str] = {
    Tone.ALARM: "red",
    Tone.WARN: "orange",
    Tone.INFO: "blue",
    Tone.GOOD: "green",
}
_BROKEN = frozenset({19001, 19021, 19022, 19024})
_REFUSED = frozenset({9499, 19036})


class FeishuSender:
    """Sends to Feishu and Lark custom bots. `clock` gives Unix seconds."""

    per_minute = 100

    def __init__(self, *, private: bool = False, clock: Callable[[], float] = time.time) -> None:
        self._private = private
        self._clock = clock

    def send(self, channel: Channel, message: Message) -> Sent:
        """Send one message; DeliveryError when the bot's `code` is not 0."""
        payload: dict[str, Any] = {"msg_type": "interactive", "card": card(message)}
        if channel.secret:
            stamp = int(self._clock())
            payload |= {"timestamp": str(stamp), "sign": sign(channel.secret, stamp)}
        status, text, answer = post_json(channel, payload, private=self._private)
        code = answer.get("code", answer.get("StatusCode"))
        if code == 0:
            return Sent(status, text)
        raise judge(code).seen(status, text)


def sign(secret: str, timestamp: int) -> str:
    """Return the signature of a bot message: base64 of HMAC-SHA256 over nothing, keyed `{timestamp}\\n{secret}`."""
    key = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def card(message: Message) -> dict[str, Any]:
    """Return the message as a card within the limit. Foreign text is `plain_text`, so it mentions and links nobody."""
    facts = "\n".join(f"{label}{message.colon}{cut(printable(value), 600)}" for label, value in message.facts)
    elements: list[dict[str, Any]] = [
        {"tag": "div", "text": _text(cut(text, room))}
        for text, room in ((printable(facts), 6000), (printable(message.body), 6000))
        if text
    ]
    for number, (text, url) in enumerate(message.links):
        elements.append(
            {
                "tag": "button",
                "text": _text(cut(printable(text), 200)),
                "type": "default" if number else "primary",
                "behaviors": [{"type": "open_url", "default_url": url}],
            }
        )
    found = {
        "schema": "2.0",
        "header": {"title": _text(cut(printable(message.title), 600)), "template": _TEMPLATES[message.tone]},
        "body": {"elements": elements},
    }
    while len(json.dumps(found, ensure_ascii=False).encode()) > LIMIT and len(elements) > 1:
        elements.pop()
    return found


def judge(code: object) -> DeliveryError:
    """Return what a `code` means for the delivery."""
    if not isinstance(code, int):
        return DeliveryError(fault("feishu_none"))
    if code == 11232:
        return DeliveryError(fault("11232"), rate_limited=True)
    if code in _BROKEN | _REFUSED:
        return DeliveryError(fault(str(code)), permanent=True, channel_fault=code in _BROKEN)
    return DeliveryError(f"code {code}")  # an unknown one may pass later


def _text(content: str) -> dict[str, str]:
    return {"tag": "plain_text", "content": content}
