"""What waits in a file comes back as it was; what is no parcel is said to be none."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel.adapters import get_adapter
from openclaw_otel.config import StoreConfig
from openclaw_otel.errors import SignatureError
from openclaw_otel.hookspecs import Side
from openclaw_otel.pipeline import build_pipeline
from openclaw_otel.record import WebhookRequest
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.intake.deliveries import Delivery
from openclaw_otel_bridge.intake.items import Candidate, InboxRow, Reject
from openclaw_otel_bridge.intake.parcels import BadParcel, Parcel, pack_parcel, unpack_parcel
from openclaw_otel_bridge.intake.process import Process
from openclaw_otel_bridge.sentry.ingest import as_sent, event_of_alert
from openclaw_otel_bridge.sentry.keeping import SentryHook
from tests.bridge.sentry.test_ingest import EVENT

NOW = datetime(2026, 11, 22, 23, 59, 1, 234567, UTC)
ROW = InboxRow(1, "shopify", "demo", "e1", uuid4(), NOW.date(), NOW, "orders/create", None, True, None, b"\x28\xb5\xff")


def refused() -> Candidate:
    """The event of a forged delivery, as the view makes it."""
    body = json.dumps({"id": 1001, "email": "jane.doe@example.com", "note": "尺码 \ud83d"}).encode()
    signature = base64.b64encode(hmac.new(b"forged", body, hashlib.sha256).digest()).decode()
    headers = {"X-Shopify-Topic": "orders/create", "X-Shopify-Hmac-Sha256": signature, "X-Shopify-Webhook-Id": "d1"}
    store = StoreConfig("main", "shopify", identifiers=("demo.myshopify.com",), webhook_secrets=("right",))
    request = WebhookRequest("POST", "https://hooks.example.com/webhook/shopify/main?x=1", headers, body)
    delivery = Delivery(get_adapter("shopify"), store, request, NOW)
    pipeline = build_pipeline(Side.BRIDGE, Config("postgresql://x/y").library)
    _, error = delivery.verify()
    assert isinstance(error, SignatureError)
    made = delivery.failure(delivery.adapter.parse_webhook(request), error, 1, pipeline)
    assert made is not None
    return made


def again(parcel: Parcel) -> Parcel:
    data = pack_parcel(parcel)
    assert json.loads(data)["version"] == 1
    return unpack_parcel(data)


def test_a_delivery_comes_back_as_it_was() -> None:
    moved = replace(ROW, occurred_at=datetime(2026, 11, 22, tzinfo=timezone(timedelta(hours=8))), delivery_id="d1")
    parcel = again(Parcel("default", (ROW, moved)))
    assert parcel.project == "default"
    assert [asdict(item) for item in parcel.items] == [asdict(ROW), asdict(moved)]


def test_a_webhook_of_sentry_comes_back_with_its_event() -> None:
    process = Process(build_pipeline(Side.BRIDGE, Config("postgresql://x/y").library), b"k")
    event = {
        **as_sent(EVENT),
        "tags": {"a": "b"},
        "contexts": {"runtime": {"name": "x", "deep": [1, {"y": [None, 2.5]}]}},
    }
    (made,) = event_of_alert(process, {"data": {"event": event}}, 0)
    hook = SentryHook("main", "r1", NOW, {"sentry_id": "12", "assignee": None, "event_ids": ["e" * 32]})
    event_again, hook_again = again(Parcel("default", (made, hook))).items
    assert isinstance(made, Candidate)
    assert isinstance(event_again, Candidate)
    assert isinstance(hook_again, SentryHook)
    assert asdict(hook_again) == asdict(hook)
    assert event_again._replace(record=made.record) == made
    assert asdict(event_again.record) == asdict(made.record)


def test_the_event_of_a_forged_delivery_comes_back_as_it_was_and_holds_nothing_raw() -> None:
    event = refused()
    assert b"jane.doe" not in pack_parcel(Parcel("default", (event,)))
    (found,) = again(Parcel("default", (event,))).items
    assert isinstance(found, Candidate)
    assert found == event
    plain = (dict, type(event.sender))  # an empty mapping is one, read-only or not
    assert all(
        type(got) is type(put) or {type(got), type(put)} == {*plain} for got, put in zip(found, event, strict=True)
    )


@given(st.text(), st.binary(max_size=50), st.datetimes(timezones=st.just(UTC)), st.uuids(), st.booleans())
def test_any_text_comes_back(text: str, data: bytes, at: datetime, ident: UUID, verified: bool) -> None:
    row = replace(ROW, topic=text, data=data, received_at=at, occurred_at=at, id=ident, verified=verified)
    assert asdict(again(Parcel(text, (row,))).items[0]) == asdict(row)


def test_what_no_delivery_brings_does_not_wait() -> None:
    with pytest.raises(TypeError, match="Reject"):
        pack_parcel(Parcel("default", (Reject("webhook", "x"),)))


def changed(**changes: Any) -> bytes:
    found = json.loads(pack_parcel(Parcel("default", (ROW,))))
    found["items"][0].update(changes)
    return json.dumps(found).encode()


def test_fields_of_another_version_are_left_out_or_have_their_default() -> None:
    assert len(unpack_parcel(changed(brand_new={"x": 1})).items) == 1
    found = json.loads(changed())
    del found["items"][0]["topic"]
    with pytest.raises(BadParcel, match="InboxRow lacks topic"):
        unpack_parcel(json.dumps(found).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100,
        b"null",
        b"[]",
        b"{}",
        b'{"version":2,"project":"default","items":[]}',
        b'{"version":1,"project":7,"items":[]}',
        b'{"version":1,"project":"default","items":[{"kind":"Reject"}]}',
        b'{"version":1,"project":"default","items":[7]}',
        b"[" * 100_000,
        pack_parcel(Parcel("default", (ROW,)))[:-20],
        changed(id="no uuid"),
        changed(data="no base64!"),
        changed(verified="yes"),
        changed(received_at="yesterday"),
        changed(day=None),
        changed(project_id="1"),
    ],
)
def test_what_is_no_parcel_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(BadParcel):
        unpack_parcel(data)
