"""attributes: the committed constants and page are what the registry generates."""

from __future__ import annotations

from openclaw_otel import attributes
from openclaw_otel.semconv import generate


def test_constants_are_up_to_date() -> None:
    assert generate.CONSTANTS.read_text("utf-8") == generate.constants(generate.load())


def test_page_is_up_to_date() -> None:
    assert generate.PAGE.read_text("utf-8") == generate.page(generate.load())


def test_own_names_have_the_prefix_and_standard_ones_do_not() -> None:
    assert all(name.startswith(f"{attributes.PREFIX}.") for name in attributes.OWN)
    assert not any(name.startswith("openclaw") for name in attributes.STANDARD)


def test_standard_names_are_real() -> None:
    from importlib import import_module

    from opentelemetry.semconv import _incubating  # noqa: F401

    for name in attributes.STANDARD:
        space = name.split(".")[0]
        found: set[str] = set()
        for module in (
            f"opentelemetry.semconv.attributes.{space}_attributes",
            f"opentelemetry.semconv._incubating.attributes.{space}_attributes",
        ):
            try:
                found |= {value for value in vars(import_module(module)).values() if isinstance(value, str)}
            except ModuleNotFoundError:
                continue
        assert name in found
