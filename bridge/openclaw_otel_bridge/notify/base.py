"""What every kind of channel shares: the channel, the message, the answer, the one error (leaf module)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from typing import Protocol
from urllib.parse import urlsplit

SENDERS = {
    "wecom": "openclaw_otel_bridge.notify.wecom:WecomSender",
    "feishu": "openclaw_otel_bridge.notify.feishu:FeishuSender",
}
"""Kind of channel → its sender, imported on first use."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A place notifications go to; `url` and `secret` are open here and never shown, logged or stored so."""

    id: int
    kind: str
    name: str
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)
    locale: str = "zh"


class Tone(StrEnum):
    """How a message looks: trouble, something to do, good news."""

    ALARM = "alarm"
    WARN = "warn"
    INFO = "info"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered notification in one language; plain text, a sender escapes it as its robot needs."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    """Short lines: label, value."""
    body: str = ""
    links: tuple[tuple[str, str], ...] = ()
    """Text, URL; the first is the button."""
    tone: Tone = Tone.INFO
    colon: str = ": "
    """What stands between label and value in the message's language."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The robot took it: HTTP status and what it answered (redacted)."""

    http_status: int
    answer: str


class DeliveryError(Exception):
    """A message could not be delivered.

    `permanent`: trying again changes nothing. `channel_fault`: nothing will pass until somebody mends the channel.
    `rate_limited`: come back later, `retry_after` seconds from now where the robot says so. `str(error)` is safe to
    store and show.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        channel_fault: bool = False,
        rate_limited: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent or channel_fault
        self.channel_fault = channel_fault
        self.rate_limited = rate_limited
        self.retry_after = retry_after
        self.http_status: int | None = None
        self.answer = ""

    def seen(self, http_status: int, answer: str) -> DeliveryError:
        """Return itself with what the robot answered (redacted)."""
        self.http_status = http_status
        self.answer = answer
        return self


class Sender(Protocol):
    """A kind of channel: how it signs, formats, and reads the answer."""

    per_minute: int
    """Messages a robot takes in 60 seconds."""

    def send(self, channel: Channel, message: Message) -> Sent:
        """Send one message.

        Raises:
            DeliveryError: it was not taken.
        """
        ...


def load_sender(kind: str, *, private: bool) -> Sender:
    """Return the sender of a kind; `private` allows URLs of this machine and private networks.

    Raises:
        KeyError: no such kind.
    """
    module, _, name = SENDERS[kind].partition(":")
    sender: Sender = getattr(import_module(module), name)(private=private)
    return sender


def redacted(text: str, channel: Channel) -> str:
    """Return the text without anything that would let a reader post to the channel."""
    parts = urlsplit(channel.url)
    secrets = {channel.url, channel.secret, parts.query, parts.path.rsplit("/", 1)[-1]}
    secrets |= {pair.partition("=")[2] for pair in parts.query.split("&")}
    for hidden in sorted((s for s in secrets if len(s) >= 6), key=len, reverse=True):
        text = text.replace(hidden, "***")
    return text


def masked_url(url: str) -> str:
    """Return a robot's URL as it may be shown: host and path without key, the last four characters kept."""
    parts = urlsplit(url)
    if parts.query:
        key = parts.query.rpartition("=")[2]
        return f"{parts.scheme}://{parts.netloc}{parts.path}?{parts.query.partition('=')[0]}=…{_tail(key)}"
    head, _, key = parts.path.rpartition("/")
    return f"{parts.scheme}://{parts.netloc}{head}/…{_tail(key)}"


def _tail(key: str) -> str:
    return key[-4:] if len(key) >= 16 else ""


def cut(text: str, limit: int) -> str:
    """Return the text cut to `limit` UTF-8 bytes on a character boundary; a cut one ends in an ellipsis."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= limit:
        return raw.decode("utf-8")
    return raw[: max(limit - 3, 0)].decode("utf-8", "ignore") + "…"


def printable(text: str) -> str:
    """Return the text without control characters: JSON writes them as \\uXXXX, which WeCom refuses (40033)."""
    return "".join(c for c in text if c in "\n\t" or ((c.isprintable() or c.isspace()) and c not in "\x85\u2028\u2029"))
