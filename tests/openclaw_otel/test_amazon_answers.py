"""What Amazon's answers say: errors, issues, batches, XML, cut bodies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openclaw_otel.amazon_answers import named_parameter, read
from openclaw_otel.record import Exchange

URL = "https://sellingpartnerapi-na.amazon.com/listings/2021-08-01/items/A1/x"


def answer(body: Any, status: int = 200, method: str = "PUT") -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(method, URL, status=status, response_body=raw)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("carrierCode is required when carrierName is not specified.", "carrierCode"),
        ("marketplaceIds is required", "marketplaceIds"),
        ("'createdAfter' must be before now", "createdAfter"),
        ("Invalid value for parameter reportOptions", "reportOptions"),
        ("Missing: packageDetail.shipDate", "packageDetail.shipDate"),
        ("Missing required parameter sellerId", "sellerId"),
        ("carrierCode is required wh", "carrierCode"),
        ("Invalid Input", ""),
        ("packageReferenceId=5", ""),
        ("The request is wrong", ""),
        ("Date is wrong", ""),
    ],
)
def test_parameters_named_in_prose(text: str, name: str) -> None:
    assert named_parameter(text) == name


def test_errors_keep_details() -> None:
    error = {"code": "Unauthorized", "message": "Denied.", "details": "The token has expired."}
    found = read(answer({"errors": [error, None, error]}, 403))
    assert found is not None
    assert (found.codes, found.message, found.fields) == (("Unauthorized",), "Denied. The token has expired.", ())
    cut = read(answer(b'{"errors": [{"code": "InvalidInput", "message": "carrierCode is required wh', 400))
    assert cut is not None
    assert (cut.codes, cut.fields) == (("InvalidInput",), ("carrierCode",))


ISSUE = {"code": "90220", "message": "'brand' is required.", "severity": "ERROR", "attributeNames": ["brand"]}
WARNING = {"code": "90000900", "message": "odd", "severity": "WARNING", "attributeNames": ["weight"]}


def test_issues_of_a_submission() -> None:
    found = read(answer({"status": "INVALID", "issues": [WARNING, ISSUE]}))
    assert found is not None
    assert (found.codes, found.fields) == (("90220",), ("brand",))
    assert read(answer({"status": "ACCEPTED", "issues": [WARNING]})) is None
    assert read(answer({"sku": "x", "issues": [ISSUE]}, method="GET")) is None
    bare = read(answer({"status": "INVALID", "issues": []}))
    assert bare is not None
    assert (bare.codes, bare.message) == ((), "status: INVALID")


def test_batches() -> None:
    inner = {"errors": [{"code": "InvalidInput", "message": "asin is wrong"}]}
    body = {"responses": [{"status": {"statusCode": 200}, "body": {}}, {"status": {"statusCode": 400}, "body": inner}]}
    found = read(answer(body, method="POST"))
    assert found is not None
    assert found.codes == ("InvalidInput",)
    old = read(answer([{"Status": "ClientError", "Error": {"Code": "InvalidParameterValue", "Message": "m"}}, {}]))
    assert old is not None
    assert (old.codes, old.message) == (("InvalidParameterValue",), "m")
    assert read(answer([{"Status": "Success"}])) is None


def test_reports_that_ended_badly() -> None:
    found = read(answer({"processingStatus": "CANCELLED"}, method="GET"))
    assert found is not None
    assert found.codes == ("CANCELLED",)
    assert read(answer({"processingStatus": "DONE"}, method="GET")) is None


def test_xml_whole_and_cut() -> None:
    text = b"<?xml version='1.0'?><ErrorResponse><Error><Code>A&amp;B</Code><Message>x &lt; y</Message></Error>"
    for body in (text + b"</ErrorResponse>", text[:-20]):
        found = read(answer(body, 503))
        assert found is not None
        assert found.codes == ("A&amp;B",)
    assert read(answer(b"<ErrorResponse><Error><Co", 503)) is not None
    assert read(answer(b"<Orders/>", 200)) is None


def test_the_gateway_and_the_token_service() -> None:
    gateway = read(answer({"message": "Missing Authentication Token"}, 403))
    assert gateway is not None
    assert (gateway.codes, gateway.message) == ((), "Missing Authentication Token")
    token = read(answer({"error": "invalid_client", "error_description": "d"}, 401))
    assert token is not None
    assert (token.codes, token.message) == (("invalid_client",), "d")
