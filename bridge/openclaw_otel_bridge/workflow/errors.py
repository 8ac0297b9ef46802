"""What can be wrong with a request of a person; each knows its HTTP status, and speaks English and Chinese.

WorkError                 base: `.status`, `.code`, `.field`, `.text(locale)`
├── NotFound          404 not there, or not to be seen by this person
├── NotAllowed        403 there, but not for this person
├── IllegalTransition 409 the workflow has no such step
├── Conflict          409 a name is taken, a thing is in use
├── StaleVersion      412 somebody else changed it in between
└── InvalidField      422 a value is bad; `.field` names it
    └── MissingField  422 a value is missing
"""

from __future__ import annotations

from typing import ClassVar


class WorkError(Exception):
    """Base of all errors a person can cause and mend. `str(error)` is the English sentence."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(self, en: str, zh: str, *, field: str | None = None) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh
        self.field = field

    def text(self, locale: str) -> str:
        """Return the sentence in the reader's language (`zh`, else English)."""
        return self.zh if locale.startswith("zh") else self.en


class NotFound(WorkError):
    """The thing is not there, or lies outside what this person may see."""

    status = 404
    code = "not_found"

    def __init__(self, what: str, what_zh: str, ident: object) -> None:
        super().__init__(f"there is no {what} {ident}", f"没有{what_zh} {ident}")


class NotAllowed(WorkError):
    """The thing is there, but this person may not do that."""

    status = 403
    code = "not_allowed"


class IllegalTransition(WorkError):
    """The workflow has no such step from the state the issue is in."""

    status = 409
    code = "illegal_transition"


class Conflict(WorkError):
    """A name is taken, or a thing is still in use."""

    status = 409
    code = "conflict"


class StaleVersion(WorkError):
    """Somebody else changed the thing since it was read; `current` is its version now."""

    status = 412
    code = "stale_version"

    def __init__(self, expected: int, current: int) -> None:
        super().__init__(
            f"it was changed meanwhile (you saw version {expected}, it is {current}): reload and try again",
            f"内容已被他人修改（您看到的是版本 {expected}，现在是 {current}）：请刷新后重试",
        )
        self.current = current


class InvalidField(WorkError):
    """A value is bad; `field` is its name in the request, e.g. `root_cause.kind`."""

    status = 422
    code = "invalid"

    def __init__(self, field: str, en: str, zh: str) -> None:
        super().__init__(f"{field}: {en}", f"{field}：{zh}", field=field)


class MissingField(InvalidField):
    """One or more values are missing; `field` is the first, `fields` are all."""

    code = "missing"

    def __init__(self, field: str, *more: str, en: str = "", zh: str = "") -> None:
        self.fields = (field, *more)
        WorkError.__init__(
            self,
            f"{', '.join(self.fields)}: {en or 'required'}",
            f"{'、'.join(self.fields)}：{zh or '必填'}",
            field=field,
        )
