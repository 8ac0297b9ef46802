"""WeCom (企业微信) group robots.

Markdown up to 4096 bytes of UTF-8, 20 messages a minute and robot, no signature; failures come as HTTP 200 with an
`errcode`: https://developer.work.weixin.qq.com/document/path/91770 and …/path/90455 (codes).
"""

from __future__ import annotations

from collections.abc import Mapping

from openclaw_otel_bridge.notify.base import Channel, DeliveryError, Message, Sent, Tone, cut, printable
from openclaw_otel_bridge.notify.faults import fault
from openclaw_otel_bridge.notify.post import post_json

LIMIT = 4096
"""Bytes of `markdown.content`."""

_COLOURS: Mapping[Tone, str] = {
    Tone.ALARM: "warning",
    Tone.WARN: "warning",
    Tone.INFO: "comment",
    Tone.GOOD: "info",
}
# What would make markup of foreign text: mentions <@id>, colours, links, code, headings, quotes.
_PLAIN = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "`": "'", "*": "∗", "\n": " ", "\t": " "})

_BROKEN = frozenset({93000})
_REFUSED = frozenset({40008, 40009, 40033, 40058, 44004})


class WecomSender:
    """Sends to WeCom group robots."""

    per_minute = 20

    def __init__(self, *, private: bool = False) -> None:
        self._private = private

    def send(self, channel: Channel, message: Message) -> Sent:
        """Send one message; DeliveryError when the robot's `errcode` is not 0."""
        payload = {"msgtype": "markdown", "markdown": {"content": markdown(message)}}
        status, text, answer = post_json(channel, payload, private=self._private)
        code = answer.get("errcode")
        if code == 0:
            return Sent(status, text)
        raise judge(code).seen(status, text)


def markdown(message: Message) -> str:
    """Return the message as WeCom's markdown within its limit; the links always fit."""
    links = "\n".join(f"[{_plain(text)}]({url})" for text, url in message.links)
    head = f'**<font color="{_COLOURS[message.tone]}">{cut(_plain(message.title), 600)}</font>**'
    room = LIMIT - len(head.encode()) - len(links.encode()) - 2
    lines = [f"> {_plain(label)}{message.colon}{cut(_plain(value), 400)}" for label, value in message.facts]
    if message.body:
        lines.append("\n".join(_plain(line) for line in message.body.splitlines()))
    return "\n".join(part for part in (head, cut("\n".join(lines), room), links) if part)


def judge(code: object) -> DeliveryError:
    """Return what an `errcode` means for the delivery."""
    if not isinstance(code, int):
        return DeliveryError(fault("wecom_none"))
    if code == 45009:
        return DeliveryError(fault("45009"), rate_limited=True)
    if code in _BROKEN | _REFUSED:
        return DeliveryError(fault(str(code)), permanent=True, channel_fault=code in _BROKEN)
    return DeliveryError(f"errcode {code}")  # -1 is busy; an unknown one may pass later


def _plain(text: str) -> str:
    return printable(text).translate(_PLAIN)
