"""What Amazon's error answers say: SP-API, submissions answered with issues, the token service, MWS' XML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openclaw_otel import bodies, paths
from openclaw_otel.adapters.base import AnswerFacts, error_status, plain_answer
from openclaw_otel.record import Exchange

_CODE = re.compile(r"<Code>\s*([^<]{1,100}?)\s*</Code>")
_MESSAGE = re.compile(r"<Message>\s*([^<]{1,2000})")
_ENDED = frozenset({"FATAL", "CANCELLED"})
_PARAMETER_CODES = frozenset({"InvalidInput", "InvalidRequest", "MissingParameter", "InvalidParameterValue"})
_WORD = r"([A-Za-z][A-Za-z0-9]*(?:[A-Z_.][A-Za-z0-9]+)+|[a-z]+Ids?)"
_NAMED_FIRST = re.compile(
    rf"^['\"`]?{_WORD}['\"`]? (?:is|are|was|must|should|cannot|can|may|has|does|exceeds|contains)\b"
)
_NAMED_AFTER = re.compile(
    r"\b(?i:parameter|field|attribute|property|header|value (?:of|for)|missing|invalid)s?:? "
    rf"['\"`]?{_WORD}['\"`]?"
)


def read(exchange: Exchange) -> AnswerFacts | None:
    """Return the facts of an error answer, or None when the answer is fine."""
    raw = exchange.response_body
    if b"<Error" in raw[:1000] and (found := _xml_facts(bodies.text_of(raw[:50_000]))) is not None:
        return found
    body = bodies.read_json(raw)
    if isinstance(body, Mapping):
        return _document_facts(exchange, body)
    entries = [bodies.mapping(bodies.mapping(one).get("Error")) for one in bodies.items(body)]
    return _old_facts(entries) or plain_answer(exchange)


def _document_facts(exchange: Exchange, body: Mapping[str, Any]) -> AnswerFacts | None:
    found = _error_facts(list(_errors(body)))
    if found is not None:
        return found
    if error_status(exchange):
        code = bodies.code(body.get("error"))
        if code:  # Login with Amazon, RFC 6749 §5.2
            return AnswerFacts((code,), message=bodies.text(body.get("error_description")))
        message = bodies.text(body.get("message")) or bodies.text(body.get("Message"))
        return AnswerFacts(message=message) if message else plain_answer(exchange)
    if exchange.method.upper() != "GET":  # a GET shows issues of the listing: nothing of the call failed
        return _issue_facts(body)
    ended = bodies.code(body.get("processingStatus"))
    return AnswerFacts((ended,), message=f"processingStatus: {ended}") if ended in _ENDED else None


def _errors(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield `errors` of the answer, else those of single requests of a batch."""
    own = [error for error in bodies.items(body.get("errors")) if isinstance(error, Mapping)]
    yield from own
    if own:
        return
    for response in bodies.items(body.get("responses")):
        inner = bodies.mapping(bodies.mapping(response).get("body"))
        yield from (error for error in bodies.items(inner.get("errors")) if isinstance(error, Mapping))


def _error_facts(errors: Sequence[Mapping[str, Any]]) -> AnswerFacts | None:
    codes = dict.fromkeys(code for error in errors if (code := bodies.code(error.get("code"))))
    if not errors or not (codes or any(bodies.text(error.get("message")) for error in errors)):
        return None
    said, fields = set(), []
    for error in errors:
        message, details = bodies.text(error.get("message")), bodies.text(error.get("details"))
        said.add(f"{message} {details}".strip())
        if bodies.code(error.get("code")) in _PARAMETER_CODES:
            fields += [name for text in (message, details) if (name := named_parameter(text))][:1]
    return AnswerFacts(tuple(codes), tuple(fields), "; ".join(sorted(said - {""})))


def named_parameter(text: str) -> str:
    """Return the parameter a message names (`carrierCode is required …`), without position; "" when none."""
    found = _NAMED_FIRST.search(text) or _NAMED_AFTER.search(text)
    return paths.field_path(found[1]) if found else ""


def _issue_facts(body: Mapping[str, Any]) -> AnswerFacts | None:
    """Return the errors among the issues of a submission; warnings let it pass."""
    issues = [issue for issue in map(bodies.mapping, bodies.items(body.get("issues")))]
    errors = [issue for issue in issues if bodies.code(issue.get("severity")) == "ERROR"]
    refused = bodies.code(body.get("status")) == "INVALID"
    if not errors:
        return AnswerFacts(message="status: INVALID") if refused else None
    codes = dict.fromkeys(code for issue in errors if (code := bodies.code(issue.get("code"))))
    names = [name for issue in errors for name in bodies.items(issue.get("attributeNames"))]
    fields = [paths.field_path(name) for name in names if bodies.is_whole(name)]
    said = sorted({bodies.text(issue.get("message")) for issue in errors} - {""})
    return AnswerFacts(tuple(codes), tuple(field for field in fields if field), "; ".join(said))


def _old_facts(entries: Sequence[Mapping[str, Any]]) -> AnswerFacts | None:
    """Return what the entries of an answer in the style of MWS say (`[{Status, Error: {Type, Code, Message}}]`)."""
    codes = dict.fromkeys(code for entry in entries if (code := bodies.code(entry.get("Code"))))
    said = sorted({bodies.text(entry.get("Message")) for entry in entries} - {""})
    return AnswerFacts(tuple(codes), message="; ".join(said)) if codes else None


def _xml_facts(text: str) -> AnswerFacts | None:
    # Read by pattern: the form is fixed, and an XML parser would refuse what a capture limit cut.
    codes = dict.fromkeys(_CODE.findall(text))
    if not codes:
        return None
    said = sorted({html.unescape(message.strip()) for message in _MESSAGE.findall(text)})
    return AnswerFacts(tuple(codes), message="; ".join(said))
