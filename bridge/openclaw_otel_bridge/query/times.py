"""Times in queries: ages (`<24h`), dates and moments, resolved to bounds both compilers share."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal

from openclaw_otel_bridge.query.keys import Kind

Operator = Literal["<", "<=", ">", ">=", ""]
Bound = tuple[Literal["<", "<=", ">", ">="], datetime]

COMPARE: Mapping[str, Callable[[datetime, datetime], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"(\d{1,6})([mhdw])", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_LONGEST = timedelta(days=3650)
_TURNED: Mapping[str, Literal["<", "<=", ">", ">="]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "": ">="}


@dataclass(frozen=True, slots=True)
class TimeValue:
    """`operator` and what it compares with: an age, a day, or a moment of `step` precision."""

    operator: Operator
    value: timedelta | date | datetime
    written: str
    step: timedelta = timedelta(0)

    @property
    def relative(self) -> bool:
        """Whether it depends on when it is read."""
        return isinstance(self.value, timedelta)

    def bounds(self, now: datetime, zone: tzinfo, kind: Kind) -> tuple[Bound, ...]:
        """Return the bounds that must all hold; days and zoneless moments are read in `zone`."""
        if isinstance(self.value, timedelta):
            return (self._age_bound(self.value, now, kind),)
        start, end = _span(self.value, self.step, zone)
        match self.operator:
            case "<":
                return (("<", start),)
            case "<=":
                return (("<", end),)
            case ">":
                return ((">=", end),)
            case ">=":
                return ((">=", start),)
            case _:
                return ((">=", start), ("<", end))

    def _age_bound(self, age: timedelta, now: datetime, kind: Kind) -> Bound:
        if kind is Kind.FUTURE:
            return (self.operator or "<=", now + age)
        return (_TURNED[self.operator], now - age)


def read_time(written: str) -> TimeValue | None:
    """Return the time a value says, or None when it says none.

    Raises:
        OverflowError: it is a time, but out of the range we serve.
    """
    found = re.fullmatch(r"(<=|>=|<|>|)(.*)", written, re.DOTALL)
    sign, text = (found[1], found[2]) if found else ("", written)
    step = timedelta(0)
    value: timedelta | date | datetime
    if age := _AGE.fullmatch(text):
        value = timedelta(**{_UNITS[age[2]]: int(age[1])})
        if value > _LONGEST:
            raise OverflowError(written)
    elif _DATE.fullmatch(text):
        value = _in_range(date.fromisoformat, text)
    elif moment := _MOMENT.fullmatch(text):
        value = _in_range(datetime.fromisoformat, text)
        step = timedelta(seconds=1) if moment[1] else timedelta(minutes=1)
    else:
        return None
    return TimeValue(_operator(sign), value, text, step)


def _operator(sign: str) -> Operator:
    match sign:
        case "<" | "<=" | ">" | ">=":
            return sign
        case _:
            return ""


def _in_range(read: Callable[[str], date], text: str) -> date:
    value = read(text)
    if not 1970 <= value.year <= 2200:
        raise OverflowError(text)
    return value


def _span(value: date, step: timedelta, zone: tzinfo) -> tuple[datetime, datetime]:
    if isinstance(value, datetime):
        start = value if value.tzinfo else value.replace(tzinfo=zone)
        start = start.astimezone(UTC)
        return start, start + step
    start = datetime(value.year, value.month, value.day, tzinfo=zone).astimezone(UTC)
    after = value + timedelta(days=1)
    return start, datetime(after.year, after.month, after.day, tzinfo=zone).astimezone(UTC)
