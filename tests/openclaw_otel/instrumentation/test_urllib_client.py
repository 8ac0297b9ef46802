"""urllib: redirects, errors whose body is given back, responses read in every way."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from openclaw_otel import attributes as names
from openclaw_otel.config import Config, StoreConfig
from openclaw_otel.instrumentation.capture import BODY_CAP

ORDER = "/admin/api/2025-04/orders/1001.json"
GRAPHQL = "/admin/api/2025-04/graphql.json"
THROTTLED = json.dumps({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}).encode()


def test_a_redirect_is_one_call(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    shop.on("/admin/api/2025-04/orders/1.json", answer(302, b"", {"Location": ORDER}))
    watch()
    with urllib.request.urlopen(shop.url("/admin/api/2025-04/orders/1.json")) as response:
        assert response.read() == b'{"orders": []}'
    assert len(telemetry.clients) == 1


@pytest.mark.parametrize("size", [40, BODY_CAP + 5_000])
def test_an_error_gives_its_body_to_whoever_catches_it(
    shop: Any, answer: Any, watch: Any, telemetry: Any, size: int
) -> None:
    body = b'{"errors": "no", "x": "' + b"y" * size + b'"}'
    url = shop.on(ORDER, answer(422, body))
    watch()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url)
    with caught.value as error:
        assert error.read(5) == body[:5]
        assert error.read() == body[5:]
        assert error.read() == b""
        assert error.status == 422
    assert len(telemetry.records) == 1


def test_an_error_read_line_by_line(shop: Any, answer: Any, watch: Any) -> None:
    url = shop.on(ORDER, answer(500, b"one\ntwo\n"))
    watch()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url)
    with caught.value as error:
        assert list(error) == [b"one\n", b"two\n"]


def test_an_error_wrapped_by_a_client_library(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    class UnauthorizedAccess(Exception):
        pass

    url = shop.on(ORDER, answer(401, b'{"errors": "no"}'))
    watch()
    tracer = telemetry.provider.get_tracer("app")

    def call(*, cause: bool) -> None:
        try:
            urllib.request.urlopen(url)
        except urllib.error.HTTPError as error:
            error.close()
            raise UnauthorizedAccess("access denied") from error if cause else None

    for cause in (True, False):
        with pytest.raises(UnauthorizedAccess), tracer.start_as_current_span("job"):
            call(cause=cause)
    ids = [record.attributes[names.RECORD_ID] for record in telemetry.records]
    assert len(ids) == 2
    jobs = [span for span in telemetry.spans if span.name == "job"]
    assert [job.events[0].attributes[names.RECORD_ID] for job in jobs] == ids


@pytest.mark.parametrize(
    "read",
    [
        json.load,
        lambda response: json.loads(b"".join(iter(lambda: response.read(7), b""))),
        lambda response: json.loads(b"".join(response)),
        lambda response: json.loads(io.TextIOWrapper(response, "utf-8").read()),
        lambda response: json.loads(b"".join(iter(lambda: response.read1(9), b""))),
    ],
)
def test_a_fine_answer_with_an_error_read_in_every_way(
    shop: Any, answer: Any, watch: Any, telemetry: Any, read: Any
) -> None:
    url = shop.on(GRAPHQL, answer(200, THROTTLED))
    watch()
    with urllib.request.urlopen(url, data=b'{"query": "{ shop { id } }"}') as response:
        assert read(response) == json.loads(THROTTLED)
    (record,) = telemetry.records
    assert record.attributes[names.ERROR_CODE] == "THROTTLED"
    assert json.loads(record.attributes[names.SNAPSHOT])["response_body"].count("Throttled") == 1


def test_an_opener_of_ones_own(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(404, b'{"errors": "Not Found"}'))
    watch()
    request = urllib.request.Request(url, headers={"X-Shopify-Access-Token": "shpat_secret"}, method="DELETE")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.build_opener().open(request, timeout=2)
    caught.value.close()
    (record,) = telemetry.records
    snapshot = json.loads(record.attributes[names.SNAPSHOT])
    assert snapshot["method"] == "DELETE"
    assert "shpat_secret" not in telemetry.text()


def test_other_schemes(watch: Any, telemetry: Any) -> None:
    watch()
    with urllib.request.urlopen("data:,hello") as response:
        assert response.read() == b"hello"
    assert telemetry.spans == []


def test_retries(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(503, b"{}"), answer(200, b"{}"))
    retry = {"attempts": 2, "backoff": 0.01}
    watch(config=Config(stores=(StoreConfig("demo", "shopify", base_url=shop.url(""), retry=retry),)))
    with urllib.request.urlopen(url) as response:
        assert response.status == 200
        response.read()
    assert telemetry.clients[0].attributes[names.HTTP_REQUEST_RESEND_COUNT] == 1
    assert telemetry.records == []
