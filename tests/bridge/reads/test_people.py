from openclaw_otel_bridge.reads.people import list_people, list_teams
from tests.bridge.seeding import Seed


def test_members_and_teams_of_the_project(seed: Seed) -> None:
    team = seed.team("ops")
    ann = seed.person("Ann", "ops", teams=(team,))
    bob = seed.person("Bob", "dev")
    people = list_people(seed.conn, ann)
    assert [(person.name, person.role, list(person.teams), person.disabled) for person in people] == [
        ("Ann", "ops", [team], False),
        ("Bob", "dev", [], False),
    ]
    assert [person.id for person in list_people(seed.conn, ann, after=ann.id, limit=5)] == [bob.id]
    (found,) = list_teams(seed.conn, ann)
    assert (found.slug, list(found.members)) == ("ops", [ann.id])
