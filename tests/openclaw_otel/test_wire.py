"""wire: what goes out comes back, whatever the texts; foreign attributes are read as far as they go."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel import attributes as names
from openclaw_otel.record import (
    Category,
    ErrorRecord,
    Evidence,
    ExceptionInfo,
    Fingerprint,
    OwnerHint,
    Severity,
    Snapshot,
)
from openclaw_otel.wire import (
    body,
    classification,
    from_attributes,
    to_attributes,
)

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
SOME = TEXT.filter(bool)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
HEADERS = st.dictionaries(SOME, TEXT, max_size=3)
SNAPSHOTS = st.builds(
    Snapshot,
    method=TEXT,
    url=TEXT,
    request_headers=HEADERS,
    request_body=TEXT,
    status=st.none() | st.integers(100, 599),
    response_headers=HEADERS,
    response_body=TEXT,
    elapsed=st.none() | st.floats(0, 100),
    attempt=st.integers(0, 5),
    request_truncated=st.booleans(),
    response_truncated=st.booleans(),
    withheld=st.booleans(),
)
FINGERPRINTS = st.builds(lambda parts, more: Fingerprint("v1", parts, "v1:ab", parts + more, "v1:cd"), TEXTS, TEXTS)
RECORDS = st.builds(
    ErrorRecord,
    id=SOME,
    occurred_at=st.just(datetime(2026, 11, 22, tzinfo=UTC)),
    platform=st.none() | SOME,
    store=st.none() | TEXT,
    operation=st.none() | TEXT,
    evidence=st.sampled_from(Evidence),
    code=st.none() | TEXT,
    codes=TEXTS,
    fields=TEXTS,
    meaning=st.none() | TEXT,
    status=st.none() | st.integers(100, 599),
    message=TEXT,
    exception=st.none() | st.builds(ExceptionInfo, TEXT, TEXT, TEXT),
    request_id=st.none() | TEXT,
    objects=st.dictionaries(TEXT.filter(lambda kind: "=" not in kind), TEXT, max_size=3),
    webhook_topic=st.none() | TEXT,
    service=st.none() | TEXT,
    environment=st.none() | TEXT,
    release=st.none() | TEXT,
    snapshot=st.none() | SNAPSHOTS,
    attributes=st.dictionaries(st.sampled_from(["a", "http.route"]), TEXT | st.integers() | TEXTS.filter(bool)),
    explicit_fingerprint=TEXTS,
    category=st.sampled_from(Category),
    shipped_category=st.sampled_from(Category),
    retryable=st.booleans(),
    severity=st.sampled_from(Severity),
    owner_hint=st.none() | st.sampled_from(OwnerHint),
    explanation=st.dictionaries(st.sampled_from(["en", "zh"]), TEXT),
    next_step=st.dictionaries(st.sampled_from(["en", "zh"]), TEXT),
    classifier=TEXT,
    fingerprint=st.none() | FINGERPRINTS,
    occurrences=st.integers(1, 10_000),
)


@given(RECORDS)
def test_round_trip(record: ErrorRecord) -> None:
    sent = to_attributes(record)
    back = from_attributes(sent, body(record), occurred_at=record.occurred_at)
    if record.fingerprint is None:
        assert back == record
    else:
        assert dataclasses.asdict(back) == dataclasses.asdict(record)


@given(RECORDS)
def test_nothing_outside_the_registry(record: ErrorRecord) -> None:
    known = names.OWN | names.STANDARD
    assert set(to_attributes(record)) - set(record.attributes) <= known
    assert set(classification(record)) <= known
    assert names.SNAPSHOT not in classification(record)


@given(st.text(), st.text(alphabet="é\ud800\udfff語\0", max_size=10))
def test_every_text_can_be_encoded(message: str, name: str) -> None:
    record = ErrorRecord(id="x", message=message + name, exception=ExceptionInfo(name, name, name), code=name)
    for value in (*to_attributes(record).values(), body(record)):
        str(value).encode()


def test_foreign_attributes() -> None:
    record = from_attributes(
        {
            "exception.type": "ValueError",
            "exception.message": "bad",
            "http.status_code": 503,
            "deployment.environment": "prod",
            "service.name": "sync",
            "thread.id": 7,
            "list": ["a"],
        },
        "log text",
    )
    assert (record.id, record.evidence, record.status) == ("", Evidence.FAILURE, 503)
    assert (record.message, record.service, record.environment) == ("bad", "sync", "prod")
    assert record.exception == ExceptionInfo("ValueError", "bad")
    assert record.attributes["thread.id"] == 7
    assert record.attributes["list"] == ("a",)


def test_foreign_answer_without_exception_and_bare_log() -> None:
    assert from_attributes({"http.response.status_code": 404}).evidence is Evidence.ANSWER
    assert from_attributes({}, "boom").message == "boom"
    assert from_attributes({}, {"not": "text"}).message == ""


def test_nonsense_values_are_left_out() -> None:
    record = from_attributes(
        {
            names.ERROR_CATEGORY: ["auth"],
            names.ERROR_SEVERITY: "loud",
            names.HTTP_RESPONSE_STATUS_CODE: True,
            names.ERROR_CODES: "abc",
            names.ERROR_OCCURRENCES: -4,
            names.OBJECT_IDS: [1, "a=b=c", "lonely"],
            names.ERROR_EXPLANATION: ["no separator"],
        }
    )
    assert (record.category, record.severity, record.status) == (Category.UNKNOWN, Severity.ERROR, None)
    assert (record.codes, record.occurrences, record.explanation) == ((), 1, {})
    assert record.objects == {"a": "b=c", "lonely": ""}


def test_numbers_that_cannot_be_are_left_out_or_cut() -> None:
    for number, expected in ((2**63 - 1, 10_000_000), ("9" * 5000, 1), ("12", 12), ("9" * 18, 10_000_000), ("", 1)):
        assert from_attributes({names.ERROR_OCCURRENCES: number}).occurrences == expected
    assert from_attributes({names.HTTP_RESPONSE_STATUS_CODE: "4" * 5000}).status is None


def test_body_and_error_type() -> None:
    record = ErrorRecord(
        id="x", platform="shopify", operation="orders.get", category=Category.RATE_LIMIT, status=429, message="Slow"
    )
    coded = dataclasses.replace(record, code="THROTTLED")
    answer = dataclasses.replace(record, evidence=Evidence.ANSWER)
    failure = dataclasses.replace(record, exception=ExceptionInfo("requests.exceptions.ReadTimeout"))
    assert body(coded) == "shopify orders.get: rate_limit (THROTTLED): Slow"
    assert classification(coded)[names.ERROR_TYPE] == "THROTTLED"
    assert classification(answer)[names.ERROR_TYPE] == "429"
    assert classification(failure)[names.ERROR_TYPE] == "requests.exceptions.ReadTimeout"
    assert classification(record)[names.ERROR_TYPE] == "rate_limit"
