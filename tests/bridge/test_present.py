"""Titles and activity in both languages."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from openclaw_otel_bridge.present import activity_text, actor_name, label, platform_name, title


@dataclass(frozen=True)
class Issue:
    title: str = ""
    platform: str | None = "shopify"
    operation: str | None = "orders.get"
    category: str = "rate_limit"
    code: str | None = None
    message: str = ""
    exception_type: str | None = None
    kinds: int | None = None


@dataclass(frozen=True)
class Entry:
    action: str
    actor: str = "person"
    actor_name: str | None = "Li Wei"
    data: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("issue", "en", "zh"),
    [
        (
            Issue(code="THROTTLED"),
            "Shopify orders.get: rate limited · THROTTLED",
            "Shopify orders.get：被限流 · THROTTLED",
        ),
        (
            Issue(operation=None, message="Try  later\n"),
            "Shopify: rate limited · Try later",
            "Shopify：被限流 · Try later",
        ),
        (
            Issue(category="timeout", message="host:1", exception_type="requests.exceptions.ReadTimeout"),
            "Shopify orders.get: no answer in time · ReadTimeout",
            "Shopify orders.get：请求超时 · ReadTimeout",
        ),
        (Issue(platform=None, exception_type="app.BadSku", message="no sku"), "BadSku: no sku", "BadSku: no sku"),
        (Issue(platform=None, message=""), "Issue without a name", "未命名问题"),
        (
            Issue(platform=None, code="flood", kinds=1234),
            "Flood of new errors: 1,234 kinds folded",
            "新错误激增：已折叠 1,234 类",
        ),
        (Issue(platform=None, kinds=1), "Flood of new errors: 1 kind folded", "新错误激增：已折叠 1 类"),
        (Issue(platform=None, kinds=0), "Flood of new errors: every kind unfolded", "新错误激增：已全部拆分"),
        (Issue(title="Buyer paid twice"), "Buyer paid twice", "Buyer paid twice"),
        (Issue(platform="custom:erp", category="new_word"), "erp orders.get: new_word", "erp orders.get：new_word"),
    ],
)
def test_title(issue, en, zh):
    assert title(issue, "en") == en
    assert title(issue, "zh") == zh


def test_a_long_message_is_cut():
    text = title(Issue(platform=None, message="x" * 500), "en")
    assert len(text) == 90
    assert text.endswith("…")


def test_platform_name():
    assert platform_name("custom:wms", "en") == "wms"
    assert platform_name("walmart", "zh") == "沃尔玛"
    assert platform_name(None, "zh") == ""


def test_label():
    assert label("severity", "critical", "zh") == "严重"


@pytest.mark.parametrize(
    ("entry", "en", "zh"),
    [
        (Entry("created", actor="system"), "opened the issue", "创建了问题"),
        (Entry("created"), "raised the issue by hand", "手工登记了问题"),
        (Entry("assigned", data={"assignee_name": "Ana"}), "assigned it to Ana", "分派给 Ana"),
        (
            Entry("assigned", data={"team_name": "Ops", "from_name": "Ana"}),
            "reassigned it from Ana to Ops",
            "从 Ana 转派给 Ops",
        ),
        (
            Entry("in_review", data={"root_cause": {"kind": "our_bug"}, "fix": {"kind": "code_change"}}),
            "sent it to review: Our bug, Code change",
            "提交复核：我方缺陷，修改代码",
        ),
        (
            Entry("resolved", data={"root_cause": {"kind": "own_kind"}, "fix": "replay"}),
            "resolved it: own_kind, Replayed",
            "标记为已解决：own_kind，重放请求",
        ),
        (
            Entry("muted", data={"until": "2025-11-22T09:30:00Z"}),
            "muted it until 2025-11-22 09:30",
            "静默至 2025-11-22 09:30",
        ),
        (Entry("muted", data={"count": 50}), "muted it until 50 more events", "静默，直到再发生 50 次"),
        (Entry("muted"), "muted it", "设为静默"),
        (Entry("merged", data={"issue": 7}), "merged issue #7 into this one", "将问题 #7 合并到本问题"),
        (
            Entry("unfolded", data={"n": 1200}),
            "gave 1,200 kinds issues of their own",
            "将 1,200 类错误拆分为单独的问题",
        ),
        (Entry("unfolded", data={"n": 1}), "gave 1 kind an issue of its own", "将 1 类错误拆分为单独的问题"),
        (Entry("unfolded_from", data={"issue": 7}), "unfolded it from flood #7", "从激增问题 #7 中拆出本问题"),
        (Entry("comment"), "commented", "发表了评论"),
        (Entry("regressed", actor="system"), "the error came back after the resolution", "解决后错误再次出现"),
        (Entry("teleported"), "changed the issue (teleported)", "更新了问题（teleported）"),
    ],
)
def test_activity_text(entry, en, zh):
    assert activity_text(entry, "en") == en
    assert activity_text(entry, "zh") == zh


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (Entry("comment"), "Li Wei"),
        (Entry("comment", actor_name=None), "a former colleague"),
        (Entry("assigned", actor="rule", data={"rule_name": "Tokens"}), "Rule “Tokens”"),
        (Entry("assigned", actor="rule"), "Rule"),
        (Entry("regressed", actor="system"), "openclaw-otel"),
    ],
)
def test_actor_name(entry, name):
    assert actor_name(entry, "en") == name
