"""What can go wrong with a delivery, in English and Chinese. Stored in English, shown in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

FAULTS: Mapping[str, tuple[str, str]] = {
    "late": ("no answer within {seconds} s", "{seconds} 秒内没有应答"),
    "tls": ("TLS with {host} failed: {detail}", "与 {host} 的 TLS 连接失败：{detail}"),
    "unreachable": ("cannot connect to {host}", "无法连接 {host}"),
    "unresolved": ("the host {host} cannot be resolved", "无法解析主机 {host}"),
    "private": (
        "{host} is a private address; set OPENCLAW_OTEL_PRIVATE_CHANNELS=1 to allow it",
        "{host} 是内网地址；如需允许，请设置 OPENCLAW_OTEL_PRIVATE_CHANNELS=1",
    ),
    "redirect": (
        "HTTP {status}: the URL redirects; enter the robot's own URL",
        "HTTP {status}：该地址会跳转，请填写机器人自身的地址",
    ),
    "http_rate": ("HTTP 429: too many messages", "HTTP 429：消息过多"),
    "not_json": (
        "HTTP {status}, but the answer is not the robot's JSON (a proxy in between?)",
        "HTTP {status}，但应答不是机器人的 JSON（中间有代理？）",
    ),
    "internal": ("internal error: {kind}", "内部错误：{kind}"),
    "wecom_none": (
        "the answer has no errcode: is this a WeCom robot's URL?",
        "应答中没有 errcode：这是企业微信机器人的地址吗？",
    ),
    "45009": ("errcode 45009: more than 20 messages a minute", "errcode 45009：每分钟超过 20 条消息"),
    "93000": (
        "errcode 93000: the robot's URL is not valid (any more): copy it again from the group's robot settings",
        "errcode 93000：机器人地址无效或已失效：请从群机器人设置中重新复制",
    ),
    "40008": ("errcode 40008: the message type was refused", "errcode 40008：消息类型不被接受"),
    "40009": ("errcode 40009: a picture has a bad size", "errcode 40009：图片大小不合法"),
    "40033": (
        "errcode 40033: the message holds characters WeCom refuses",
        "errcode 40033：消息含有企业微信不接受的字符",
    ),
    "40058": ("errcode 40058: the message is longer than WeCom takes", "errcode 40058：消息超过企业微信的长度限制"),
    "44004": ("errcode 44004: the message is empty", "errcode 44004：消息内容为空"),
    "feishu_none": (
        "the answer has no code: is this a Feishu bot's URL?",
        "应答中没有 code：这是飞书机器人的地址吗？",
    ),
    "11232": ("code 11232: more messages than Feishu takes", "code 11232：消息频率超过飞书限制"),
    "19001": (
        "code 19001: the bot's URL is not valid (any more): copy it again from the bot's settings",
        "code 19001：机器人地址无效或已失效：请从机器人设置中重新复制",
    ),
    "19021": (
        "code 19021: the signature does not match: check the channel's secret, and this machine's clock (1 h at most)",
        "code 19021：签名不匹配：请检查渠道密钥，以及本机时钟（误差不超过 1 小时）",
    ),
    "19022": (
        "code 19022: this machine's address is not on the bot's IP list",
        "code 19022：本机地址不在机器人的 IP 白名单中",
    ),
    "19024": (
        "code 19024: the bot asks for a keyword our messages do not hold: "
        "add “openclaw” to its keywords, or use the signature",
        "code 19024：机器人要求的关键词不在消息中：请将“openclaw”加入其关键词，或改用签名校验",
    ),
    "9499": ("code 9499: the message was refused as malformed", "code 9499：消息格式被拒绝"),
    "19036": ("code 19036: the message is longer than Feishu takes", "code 19036：消息超过飞书的长度限制"),
}
"""Key (a robot's code, or a word) → what is wrong and what mends it, English and Chinese."""


def fault(key: str, **params: object) -> str:
    """Return the English sentence of a fault, as it is stored and logged."""
    return FAULTS[key][0].format_map(params)


def shown(stored: str, locale: str) -> str:
    """Return a stored error or reason in the reader's language; what is not one of ours stays as it is."""
    if locale != "zh":
        return stored
    for pattern, chinese in _patterns():
        found = pattern.match(stored)
        if found:
            return chinese.format_map(found.groupdict()) + stored[found.end() :]
    return stored


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each English sentence as a pattern; its places match what has no space and no bar."""
    found = []
    for english, chinese in FAULTS.values():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^\\s|]+)", re.escape(english))
        found.append((re.compile(pattern), chinese))
    return tuple(found)
