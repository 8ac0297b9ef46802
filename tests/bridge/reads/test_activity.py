from openclaw_otel_bridge.reads.activity import activity
from tests.bridge.seeding import Seed


def test_pages_the_latest_first_with_names(seed: Seed) -> None:
    ann = seed.person("Ann")
    issue = seed.issue()
    seed.note(issue, None, "created")
    seed.note(issue, ann, "comment", text="hi")
    seed.note(seed.issue(), ann, "comment", text="elsewhere")
    first = activity(seed.conn, issue, None, 1)
    assert [(entry.actor_name, entry.action, entry.data) for entry in first.items] == [
        ("Ann", "comment", {"text": "hi"})
    ]
    second = activity(seed.conn, issue, first.next, 1)
    assert [(entry.actor, entry.actor_name) for entry in second.items] == [("system", None)]
    assert second.next is None
