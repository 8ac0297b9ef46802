"""copies: parents repeat their children, siblings do not, logs and spans pair up one to one."""

from __future__ import annotations

from typing import Literal

from openclaw_otel.copies import Copies, Seen


def seen(
    span: int, parent: int = 0, *, side: Literal["span", "log"] = "span", text: str = "boom", trace: int = 1
) -> Seen:
    return Seen(side, "E", text, "", trace, span, parent)


def meet(copies: Copies, item: Seen, new: str, stamped: str | None = None) -> str:
    return copies.id_for(item, new, stamped)


def test_an_exception_passing_through() -> None:
    copies = Copies()
    assert [meet(copies, seen(3, 2), "a"), meet(copies, seen(2, 1), "b"), meet(copies, seen(1), "c")] == ["a"] * 3


def test_siblings_are_failures_of_their_own() -> None:
    copies = Copies()
    assert [meet(copies, seen(number, 1), str(number)) for number in range(2, 52)] == [str(n) for n in range(2, 52)]
    assert meet(copies, seen(9, 1, text="other"), "x") == "x"
    assert meet(copies, seen(1, 0, trace=2), "y") == "y"


def test_logs_and_span_events_of_one_span_pair_up() -> None:
    copies = Copies()
    logs = [meet(copies, seen(5, side="log"), f"log{n}") for n in range(3)]
    spans = [meet(copies, seen(5), f"span{n}") for n in range(4)]
    assert logs == ["log0", "log1", "log2"]
    assert spans == ["log0", "log1", "log2", "span3"]
    assert meet(copies, seen(5, side="log"), "late") == "span3"


def test_a_stamp_wins_and_no_trace_means_no_memory() -> None:
    copies = Copies()
    meet(copies, seen(3, 2), "a")
    assert meet(copies, seen(2, 1), "b", stamped="s") == "s"
    assert meet(copies, seen(0, trace=0), "x") == "x"
    assert meet(copies, seen(0, trace=0), "y") == "y"


def test_a_log_that_came_first_names_the_exception() -> None:
    copies = Copies()
    assert meet(copies, seen(3, side="log"), "log") == "log"
    assert meet(copies, seen(3, 2), "a", stamped="s") == "log"
    assert meet(copies, seen(2, 1), "b", stamped="s") == "log"


def test_memory_is_bounded() -> None:
    copies = Copies(kept=10)
    for number in range(100):
        meet(copies, seen(number, number + 1000), str(number))
    assert meet(copies, seen(1000), "new") == "new"
    assert meet(copies, seen(1099), "new") == "99"


def test_ids_as_records_carry_them() -> None:
    assert seen(10).trace_hex == f"{1:032x}"
    assert seen(10).span_hex == f"{10:016x}"
    assert seen(0, trace=0).trace_hex is None


def test_an_exception_announced_by_an_error_tracker() -> None:
    copies = Copies()
    for name in ("first", "second"):
        copies.announce(seen(5), name)
    assert [meet(copies, seen(5, 4), f"span{n}") for n in range(3)] == ["first", "second", "span2"]
    assert [meet(copies, seen(5, side="log"), f"log{n}") for n in range(3)] == ["first", "second", "span2"]
    assert meet(copies, seen(4, 0), "parent") == "span2"
    assert meet(copies, seen(5, text="other"), "x") == "x"
