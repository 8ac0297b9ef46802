"""The words of notifications, English and Chinese, by key (leaf module)."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "new": ("New: {title}", "新问题：{title}"),
    "regressed": ("Came back: {title}", "问题复发：{title}"),
    "assigned": ("Assigned to {owner}: {title}", "已分派给{owner}：{title}"),
    "unassigned": ("Nobody has it: {title}", "已取消分派：{title}"),
    "in_review": ("Please review: {title}", "待复核：{title}"),
    "sent_back": ("Sent back to {owner}: {title}", "已退回给{owner}：{title}"),
    "resolved": ("Resolved: {title}", "已解决：{title}"),
    "reopened": ("Reopened: {title}", "重新打开：{title}"),
    "comment": ("{actor} commented: {title}", "{actor}评论：{title}"),
    "sentry_resolved": (
        "Resolved in Sentry, root cause and fix are missing here: {title}",
        "已在 Sentry 中标记解决，请在此填写根本原因和解决办法：{title}",
    ),
    "unmuted": ("No longer muted: {title}", "静默已结束：{title}"),
    "test": ("Test message from openclaw-otel", "openclaw-otel 测试消息"),
    "test_body": (
        "If you can read this, the channel “{channel}” works.",
        "如果您能看到这条消息，说明通知渠道“{channel}”可用。",
    ),
    "summary": ("{n} notifications at once", "{n} 条通知汇总"),
    "summary_more": ("… and {n} more issues", "……另有 {n} 个问题"),
    "inbox": ("Open the inbox", "打开问题列表"),
    "open": ("Open issue #{id}", "查看问题 #{id}"),
    "colon": (": ", "："),
    "nobody": ("nobody", "无人"),
    "platform": ("Platform", "平台"),
    "store": ("Store", "店铺"),
    "code": ("Code", "错误码"),
    "service": ("Service", "服务"),
    "order": ("Order", "订单"),
    "severity": ("Severity", "级别"),
    "owner": ("Owner", "负责人"),
    "offered": ("Offered to", "建议负责人"),
    "due": ("Due", "期限"),
    "by": ("By", "操作人"),
    "rule": ("Rule", "规则"),
    "why": ("What it means", "说明"),
    "next_step": ("Next step", "下一步"),
    "message": ("Message", "原始信息"),
    "root_cause": ("Root cause", "根本原因"),
    "fix": ("Fix", "解决办法"),
    "last_fix": ("Last time", "上次处理"),
    "comment_text": ("Comment", "评论"),
}
"""Key → English, Chinese."""


def text(key: str, locale: str, **params: object) -> str:
    """Return the text of a key in a language, parameters filled in.

    Raises:
        KeyError: no such key, or a parameter of its text is missing.
    """
    english, chinese = TEXTS[key]
    return (chinese if locale == "zh" else english).format_map(params)
