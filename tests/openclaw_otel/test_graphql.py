"""Root fields of GraphQL requests."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel import graphql


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{ shop { id } }", ("query", ("shop",))),
        (
            "query Q($n: Int = 3, $o: In = {a: [1]}) { orders(first: $n) { edges { node { id } } } }",
            ("query", ("orders",)),
        ),
        (
            "mutation M($i: I!) { mine: productUpdate(input: $i) { userErrors { field } } }",
            ("mutation", ("productUpdate",)),
        ),
        ('query { b: orders { id } a: products(q: "} { x") { id } }', ("query", ("orders", "products"))),
        ("fragment F on Order { id name } query Q { order(id: 1) { ...F } }", ("query", ("order",))),
        ("# query { no }\nquery { shop @include(if: $x) { id } }", ("query", ("shop",))),
        ('query { orders(query: """x { y } """) { id } }', ("query", ("orders",))),
        ("query { ... on QueryRoot { shop { id } } orders { id } }", ("query", ("orders",))),
        ('mutation M { productCreate(input: {title: "cut', ("mutation", ("productCreate",))),
        ("", ("", ())),
        ("hello", ("", ())),
    ],
)
def test_root_fields(document: str, expected: tuple[str, tuple[str, ...]]) -> None:
    assert graphql.root_fields(document) == expected


def test_the_named_operation_counts() -> None:
    document = "query A { shop { id } } mutation B { orderClose(input: 1) { order { id } } }"
    assert graphql.root_fields(document, "B") == ("mutation", ("orderClose",))
    assert graphql.root_fields(document, "gone") == ("query", ("shop",))


def test_operation_names() -> None:
    body = json.dumps({"query": "mutation { tagsAdd(id: 1) { node { id } } }"}).encode()
    assert graphql.operation(body, b"") == "graphql tagsAdd"
    assert graphql.operation(body[:-20], b"") == "graphql tagsAdd"
    assert graphql.operation(b"{ shop { id } }", b"") == "graphql shop"
    assert graphql.operation(b"", b'{"data": {"orders": null}}') == "graphql orders"
    assert graphql.operation(b'{"operationName": "GetOrders"}', b"") == "graphql GetOrders"
    assert graphql.operation(b'[{"query": "{ a { id } }"}]', b"") == "graphql a"
    assert graphql.operation(b"", b"") == "graphql"


@given(st.text(alphabet='{}()[]:@."#$ \nabquery', max_size=80))
def test_no_text_raises(document: str) -> None:
    graphql.root_fields(document, "a")
