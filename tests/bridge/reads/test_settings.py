from openclaw_otel_bridge.reads.settings import audit_log, list_kinds
from tests.bridge.seeding import Seed, insert


def test_kinds_in_their_order(seed: Seed) -> None:
    kinds = list_kinds(seed.conn)
    assert (kinds[0].family, kinds[0].kind) == ("root_cause", "credential_expired")
    assert (kinds[-1].family, kinds[-1].kind) == ("fix", "other")


def test_the_audit_log_pages_the_latest_first(seed: Seed) -> None:
    ann = seed.person("Ann")
    for number in range(3):
        insert(seed.conn, "audit_log", person_id=ann.id, action=f"a.{number}", object="x")
    page = audit_log(seed.conn, None, 2)
    assert [one.action for one in page.items] == ["a.2", "a.1"]
    assert [(one.action, one.person_name) for one in audit_log(seed.conn, page.next, 2).items] == [("a.0", "Ann")]
