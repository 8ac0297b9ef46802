from openclaw_otel_bridge.query.keys import KEYS, SCOPE_KEYS, About, key_named


def test_knows_the_keys_of_the_language() -> None:
    issue = {name for name, key in KEYS.items() if key.about is About.ISSUE}
    event = set(KEYS) - issue
    assert issue == set(
        "status is assignee team category severity code platform operation first_seen last_seen due".split()
    )
    assert event == set("store env service order request trace release".split())
    assert set(SCOPE_KEYS) == set("project platform store service env".split())


def test_attributes_are_keys_by_their_name() -> None:
    key = key_named("attr.http.route")
    assert key is not None
    assert (key.column, key.about) == ("http.route", About.EVENT)
    assert key_named("attr.") is None
    assert key_named("nothing") is None
