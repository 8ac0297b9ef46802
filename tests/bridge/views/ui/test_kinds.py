"""Root cause and fix kinds in the reader's language."""

import pytest

from openclaw_otel_bridge.reads.settings import Kind
from openclaw_otel_bridge.views.ui.kinds import KindNames

KINDS = (
    Kind("root_cause", "our_bug", "Our own bug", "自己的缺陷", True),
    Kind("root_cause", "old", "Old", "旧的", False),
    Kind("fix", "replay", "Replayed", "重放", True),
)


@pytest.mark.parametrize(("locale", "name"), [("en", "Our own bug"), ("zh", "自己的缺陷")])
def test_only_active_kinds_can_be_chosen(locale, name):
    assert KindNames(KINDS, locale).choices("root_cause") == [("our_bug", name)]


def test_old_and_unknown_kinds_still_read():
    names = KindNames(KINDS, "zh")
    assert names.label("root_cause", "old") == "旧的"
    assert names.label("root_cause", "third_party") == "第三方"
    assert names.label("fix", "alchemy") == "alchemy"
