"""The parts of an identity, in the order of evidence, and what a project groups by."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from openclaw_otel import Category, ErrorRecord, Evidence, ExceptionInfo, OwnerHint, Severity
from openclaw_otel_plugins.v1.parts import digest, exception_type, fingerprint_of

CODE = ErrorRecord(
    id="1",
    platform="shopify",
    store="a.myshopify.com",
    operation="graphql productUpdate",
    evidence=Evidence.CODE,
    code="B",
    codes=("A", "B"),
    fields=("compareAtPrice", "price"),
    status=200,
    message="Price 3 is negative",
    category=Category.VALIDATION,
    shipped_category=Category.VALIDATION,
)
ANSWER = replace(
    CODE, evidence=Evidence.ANSWER, code=None, codes=(), fields=(), status=422, message="is too long (255)"
)
FAILURE = replace(
    CODE,
    evidence=Evidence.FAILURE,
    status=None,
    exception=ExceptionInfo("requests.exceptions.ReadTimeout", "Read timed out. (read timeout=30)", "Traceback …"),
)
PLAIN = ErrorRecord(
    id="1",
    exception=ExceptionInfo(
        "shop.SyncError",
        "order_cancelled for order 12",
        'Traceback (most recent call last):\n  File "/app/shop/sync.py", line 3, in push\nshop.SyncError: x',
    ),
)


def named(record: ErrorRecord) -> tuple[str, ...]:
    return fingerprint_of(record).parts


def test_a_code_and_its_fields() -> None:
    assert named(CODE) == (
        "platform=shopify",
        "operation=graphql productUpdate",
        "codes=A,B",
        "fields=compareAtPrice,price",
    )
    assert "meaning=auth_scope" in named(replace(CODE, meaning="auth_scope"))


def test_with_a_code_status_wording_and_exception_are_noise() -> None:
    other = replace(CODE, status=422, message="Preis", exception=ExceptionInfo("X", "y", "z"), codes=("B", "A"))
    assert fingerprint_of(other).hash == fingerprint_of(CODE).hash


def test_an_answer_without_a_code() -> None:
    assert named(ANSWER)[2:] == ("status=422", "message=is too long *")
    assert named(replace(ANSWER, message="is too long (64)")) == named(ANSWER)
    assert named(replace(ANSWER, status=400)) != named(ANSWER)
    assert named(replace(ANSWER, fields=("sku",))) != named(ANSWER)


@pytest.mark.parametrize(
    "page", ["<!DOCTYPE html><title>x", "\n<html>\n", "<?xml version='1.0'?><a/>", "\ufeff<html>", ""]
)
def test_of_markup_the_status_alone_counts(page: str) -> None:
    assert named(replace(ANSWER, message=page))[2:] == ("status=422", "message=")


def test_no_answer_or_our_own_failure() -> None:
    assert named(FAILURE)[2:] == (
        "exception=requests.exceptions.ReadTimeout",
        "message=Read timed out read timeout *",
    )
    assert named(replace(FAILURE, exception=None, message="no answer"))[2:] == ("exception=", "message=no answer")


def test_without_a_platform_the_raise_site_counts() -> None:
    assert named(PLAIN) == (
        "exception=shop.SyncError",
        "function=push",
        "file=shop/sync.py",
        "message=order_cancelled for order *",
    )


@pytest.mark.parametrize("record", [CODE, ANSWER, FAILURE, PLAIN])
def test_what_people_and_overrides_change_is_never_in_it(record: ErrorRecord) -> None:
    other = replace(
        record,
        id="2",
        store="b.myshopify.com",
        service="s",
        environment="e",
        release="r",
        category=Category.AUTH,
        severity=Severity.CRITICAL,
        owner_hint=OwnerHint.OPS,
        retryable=True,
        request_id="q",
        trace_id="f" * 32,
    )
    assert fingerprint_of(other) == fingerprint_of(record)


def grouped(record: ErrorRecord, category: Category, store: str) -> str:
    return fingerprint_of(replace(record, shipped_category=category, store=store)).grouping


@pytest.mark.parametrize("category", [Category.AUTH, Category.WEBHOOK_SIGNATURE])
def test_one_dead_token_is_one_issue(category: Category) -> None:
    other = replace(CODE, operation="orders.get", fields=())
    assert grouped(CODE, category, "a") == grouped(other, category, "a")
    assert grouped(CODE, category, "a") != grouped(CODE, category, "b")
    assert grouped(CODE, category, "a") != grouped(replace(CODE, codes=("C",)), category, "a")
    assert grouped(ANSWER, category, "a") != grouped(replace(ANSWER, message="no"), category, "a")


@pytest.mark.parametrize("category", [Category.PERMISSION, Category.RATE_LIMIT, Category.QUOTA])
def test_what_a_store_runs_into_is_grouped_by_store_and_operation(category: Category) -> None:
    assert grouped(CODE, category, "a") != grouped(CODE, category, "b")
    assert grouped(CODE, category, "a") != grouped(replace(CODE, operation="orders.get"), category, "a")


def test_the_rest_is_grouped_by_its_fingerprint() -> None:
    for record in (CODE, ANSWER, FAILURE, PLAIN):
        found = fingerprint_of(record)
        assert found.grouping == found.hash
        assert found.grouping_parts == found.parts
    assert grouped(PLAIN, Category.AUTH, "a") == grouped(PLAIN, Category.AUTH, "b")


def test_an_explicit_fingerprint_wins() -> None:
    mine = fingerprint_of(replace(PLAIN, explicit_fingerprint=("checkout", "v2")))
    assert mine.parts == mine.grouping_parts == ("explicit=checkout", "explicit=v2")
    assert mine.grouping == fingerprint_of(replace(CODE, explicit_fingerprint=("checkout", "v2"))).grouping


def test_an_explicit_fingerprint_may_add_to_ours() -> None:
    mine = fingerprint_of(replace(PLAIN, explicit_fingerprint=("{{default}}", "eu"))).parts
    assert mine == (*named(PLAIN), "explicit=eu")


def test_the_format_is_frozen() -> None:
    """These values are stored in databases: a change here needs a new version, not a new expectation."""
    assert re.fullmatch(r"v1:[0-9a-f]{32}", digest(()))
    assert digest(("a=b", "c=d")) == "v1:901598a6a26ca96d7cae04b56e5cb050"
    assert [fingerprint_of(record).hash for record in (CODE, ANSWER, FAILURE, PLAIN)] == [
        "v1:4b0155d49e6fe947789e8c40fff13bb0",
        "v1:ceb2a245e3f3211427d3e0058581d164",
        "v1:db90dab7914843810d0a9dc3896a1d8a",
        "v1:fde00cab9183547eaf1647b14864ad48",
    ]
    assert grouped(CODE, Category.AUTH, "a") == "v1:aef710f2ddde621bcb302251feb00f5b"


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("builtins.ValueError", "ValueError"),
        ("<class 'redis.exceptions.TimeoutError'>", "redis.exceptions.TimeoutError"),
        ("requests.packages.urllib3.exceptions.ReadTimeoutError", "urllib3.exceptions.ReadTimeoutError"),
        ("\\App\\Error", "App\\Error"),
        ("java.lang.IllegalStateException", "java.lang.IllegalStateException"),
    ],
)
def test_exception_types(printed: str, name: str) -> None:
    assert exception_type(printed) == name


def test_any_text_can_be_hashed() -> None:
    odd = replace(PLAIN, exception=ExceptionInfo("\ud800\x1f", "\ud800", "\ud800"))
    assert fingerprint_of(odd).hash.startswith("v1:")
