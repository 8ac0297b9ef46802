from __future__ import annotations

from openclaw_otel_bridge.workflow import errors
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField, NotFound, StaleVersion, WorkError


def test_each_error_has_the_status_the_api_answers() -> None:
    found = {
        kind.__name__: (kind.status, kind.code)
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, WorkError) and kind is not WorkError
    }
    assert found == {
        "NotFound": (404, "not_found"),
        "NotAllowed": (403, "not_allowed"),
        "IllegalTransition": (409, "illegal_transition"),
        "Conflict": (409, "conflict"),
        "StaleVersion": (412, "stale_version"),
        "InvalidField": (422, "invalid"),
        "MissingField": (422, "missing"),
    }


def test_they_speak_both_languages_and_name_the_field() -> None:
    error = MissingField("root_cause", "fix")
    assert (error.field, error.fields) == ("root_cause", ("root_cause", "fix"))
    assert str(error) == error.text("en") == "root_cause, fix: required"
    assert error.text("zh") == "root_cause、fix：必填"
    assert InvalidField("to", "no", "不").text("zh-CN") == "to：不"
    assert NotFound("issue", "问题", 7).text("zh") == "没有问题 7"
    assert StaleVersion(1, 3).current == 3
