"""What a caller did wrong or cannot have, as an exception every view may raise (leaf)."""

from __future__ import annotations

from collections.abc import Mapping


class Problem(Exception):
    """An answer other than success: JSON in the API and intake, a page in the UI.

    `code` is for machines (`illegal_transition`), `message` says what to do, `field` names the input at fault.
    """

    status = 400
    code = "bad_request"

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status or self.status
        self.code = code or self.code
        self.field = field
        self.headers = dict(headers or {})


class Unavailable(Problem):
    """The database or a queue cannot take it now; the client sends it again after `Retry-After` seconds."""

    status = 503
    code = "unavailable"

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after)})


class Overloaded(Unavailable):
    """A queue is full: more comes in than goes out."""

    code = "overloaded"
