"""Atoms of one run: words, values, numbers, by their own look."""

from __future__ import annotations

import pytest

from openclaw_otel_plugins.v1.tokens import CACHED_RUN, Kind, atoms_of, has_cjk, is_host, looks_random


def kinds(run: str) -> list[tuple[Kind, str]]:
    return [(atom.kind, atom.text) for atom in atoms_of(run)]


@pytest.mark.parametrize(
    "word",
    ["price", "can't", "order_cancelled", "address1", "line_2", "oauth2", "utf-8", "SHA256", "ORA-00942", "E11000",
     "ERROR_403_FORBIDDEN", "item.attributes.missing", "decimal.ConversionSyntax", "text/html", "re-try", "int64",
     "App\\Sync\\OrderPusher::push", "ECONNREFUSED", "not-null", "customer.name", "order.id"],
)  # fmt: skip
def test_words(word: str) -> None:
    assert [kind for kind, _ in kinds(word)] == [Kind.WORD]


@pytest.mark.parametrize(
    "value",
    ["A1B2", "#12", "1.5", "12:30", "10.0.0.1", "fe80::1%eth0", "redis-3", "shard7", "BAM3", "orders_20251102",
     "kids_bottle_500ml", "db.internal", "a.example:80", "pt-BR", "FVQWXKZLPO", "/a/b", "C:\\a", "$5", "R$", "***",
     "urn:ietf:x:1", "x" * 121],
)  # fmt: skip
def test_values(value: str) -> None:
    assert {kind for kind, _ in kinds(value)} == {Kind.VALUE}


def test_numbers_keep_their_sign() -> None:
    assert kinds("-104") == [(Kind.NUMBER, "-104")]
    assert kinds("(111)") == [(Kind.NUMBER, "111")]


def test_pieces_of_a_run() -> None:
    assert kinds('{"code":105002,"x":true}') == [
        (Kind.WORD, "code"),
        (Kind.NUMBER, "105002"),
        (Kind.WORD, "x"),
        (Kind.WORD, "true"),
    ]
    assert kinds("code:2021") == [(Kind.WORD, "code"), (Kind.NUMBER, "2021")]
    assert kinds("redis:6379") == [(Kind.VALUE, "redis:6379")]
    assert kinds("需要3件") == [(Kind.WORD, "需要"), (Kind.NUMBER, "3"), (Kind.WORD, "件")]
    assert kinds("HTTP/1.1") == [(Kind.WORD, "HTTP")]
    assert kinds("items.3.price") == [(Kind.WORD, "items.price")]
    assert kinds("<=") == [(Kind.WORD, "<=")]


def test_what_stands_around_a_piece() -> None:
    (atom,) = atoms_of("'sku'=")
    assert atom.quoted
    first, second = atoms_of("Error(1213,")
    assert (first.bracketed, second.bracketed) == (False, True)
    assert next(iter(atoms_of("code="))).sign == "="
    assert next(iter(atoms_of("code:"))).sign == ":"


def test_a_long_run_is_read_without_the_cache() -> None:
    assert len(list(atoms_of("a," * CACHED_RUN))) == CACHED_RUN


def test_hosts_are_not_field_names() -> None:
    assert is_host("shop12.example.net")
    assert is_host("tienda.example")
    assert not is_host("order.id")
    assert not is_host("java.lang.String")


def test_random_words() -> None:
    assert looks_random("HQWOVIKXZPLM")
    assert not looks_random("UNAUTHORIZED")
    assert not looks_random("MySQLTransactionRollbackException")
    assert not looks_random("XMLHttpRequest")


def test_cjk() -> None:
    assert has_cjk("上海")
    assert not has_cjk("ñandú")
