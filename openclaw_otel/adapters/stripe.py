"""Stripe: payments, Connect, webhooks (snapshot and thin events).

Signatures: `Stripe-Signature: t=…,v1=…`, hex HMAC-SHA256 of `t.body` under the endpoint's `whsec_…`, 300 s old at most
(https://docs.stripe.com/webhooks/signature). Errors: https://docs.stripe.com/error-codes, declines:
https://docs.stripe.com/declines/codes.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from openclaw_otel import bodies, http_values, paths, signing
from openclaw_otel.adapters.base import Adapter, AnswerFacts, Fetch, error_status, plain_answer
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Exchange, Observation, Webhook, WebhookRequest

ACTIONS = frozenset(
    "accept activate advance agree approve attach cancel capture close collect_inputs confirm create_preview decline "
    "deactivate detach disconnect expire finalize finalize_invoice finalize_quote find increment_authorization "
    "apply_customer_balance mark_uncollectible migrate pay present_payment_method process_payment_intent "
    "process_setup_intent redact refresh refund_payment reject respond resume return reverse search send "
    "set_reader_display submit subscribe unsubscribe update_features verify verify_microdeposits void void_grant fail "
    "fund_cash_balance cancel_action refund ship deliver post expand".split()
)
"""Last URL segments that are verbs of their own (POST payment_intents/pi_1/confirm)."""
_NAMESPACES = {
    "apps": "secrets",
    "billing": "alerts credit_balance_summary credit_balance_transactions credit_grants meter_event_adjustments "
    "meter_events meters",
    "billing_portal": "configurations sessions",
    "checkout": "sessions",
    "climate": "orders products suppliers",
    "core": "events event_destinations accounts account_links persons",
    "entitlements": "active_entitlements features",
    "financial_connections": "accounts sessions transactions",
    "forwarding": "requests",
    "identity": "verification_reports verification_sessions",
    "issuing": "authorizations cardholders cards disputes personalization_designs physical_bundles settlements tokens "
    "transactions",
    "oauth": "token deauthorize authorize",
    "radar": "early_fraud_warnings value_list_items value_lists",
    "reporting": "report_runs report_types",
    "sigma": "scheduled_query_runs",
    "tax": "calculations registrations settings transactions",
    "terminal": "configurations connection_tokens locations readers",
    "test_helpers": "confirmation_tokens customers issuing refunds terminal test_clocks treasury",
    "transactions": "create_from_calculation create_reversal",
    "treasury": "credit_reversals debit_reversals financial_accounts inbound_transfers outbound_payments "
    "outbound_transfers received_credits received_debits transaction_entries transactions",
    "balance": "history",
    "invoices": "upcoming",
    "upcoming": "lines",
}
_NAMES = ACTIONS | frozenset(name for names in _NAMESPACES.values() for name in names.split())
_ID = re.compile(r"^(?:[a-z]{2,8}(?:_(?:test|live))?_[A-Za-z0-9]{6,}|[a-z]+_\w*[A-Z0-9]\w*)$")
_KINDS = {"payment_intents": "payment", "charges": "charge", "refunds": "refund", "customers": "customer"}
_KINDS |= {"invoices": "invoice", "subscriptions": "subscription", "payouts": "payout", "disputes": "dispute"}
_KINDS |= {"transfers": "transfer", "sessions": "checkout_session", "orders": "order"}
_NAMED = {"payment_intent": "payment", "charge": "charge", "setup_intent": "setup_intent"}
TOLERANCE = 300.0
"""Seconds a signed time may be old, Stripe's own default."""
_ANY_LEAD = 1e9
"""Stripe's libraries refuse old times only: a signed time ahead of our clock is our clock's fault."""


class StripeAdapter(Adapter):
    """See the module docstring."""

    name = "stripe"
    hosts = ("api.stripe.com", "files.stripe.com", "connect.stripe.com", "meter-events.stripe.com")
    deadline = 10.0
    delivery_headers = ("stripe-signature",)
    request_id_headers = ("request-id",)
    console_links = MappingProxyType(
        {
            "payment": "https://dashboard.stripe.com/payments/{id}",
            "charge": "https://dashboard.stripe.com/payments/{id}",
            "refund": "https://dashboard.stripe.com/refunds/{id}",
            "customer": "https://dashboard.stripe.com/customers/{id}",
            "invoice": "https://dashboard.stripe.com/invoices/{id}",
            "subscription": "https://dashboard.stripe.com/subscriptions/{id}",
            "payout": "https://dashboard.stripe.com/payouts/{id}",
            "dispute": "https://dashboard.stripe.com/disputes/{id}",
        }
    )

    # -- webhooks ---------------------------------------------------------------------------------------

    def verify_webhook_signature(
        self,
        request: WebhookRequest,
        secrets: Sequence[str],
        *,
        now: datetime | None = None,
        fetch: Fetch | None = None,
        **parameters: Any,
    ) -> None:
        """Raise SignatureError unless one of the `v1` signatures fits one of the secrets and is recent.

        While a secret is rolled Stripe sends several `v1`; `v0` is for test events of old and never taken.
        `tolerance`: seconds a signed time may be old, default 300.
        """
        header = signing.required_header(request.headers, "stripe-signature")
        pairs = [part.strip().partition("=") for part in header.split(",")]
        times = [text for key, _, text in pairs if key == "t"]
        given = [text for key, _, text in pairs if key == "v1"]
        if not times or not times[0].isdecimal() or len(times[0]) > 11 or not given:
            raise SignatureError(
                "malformed", "Stripe-Signature has no t=<seconds> or no v1=", "pass the header as sent"
            )
        message = times[0].encode() + b"." + request.body
        fits = False
        for secret in signing.usable_secrets(secrets):
            expected = signing.digest(secret, message, encoding="hex")
            for signature in given[:20]:
                fits |= hmac.compare_digest(expected, signature.encode("utf-8", "surrogateescape"))
        if not fits:
            raise SignatureError("mismatch", hint=signing.mismatch_hint(request.body))
        tolerance = parameters.get("tolerance")
        signed_at = datetime.fromtimestamp(int(times[0]), UTC)
        signing.check_time(signed_at, now, TOLERANCE if tolerance is None else float(tolerance), _ANY_LEAD)

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return type, event id, connected account and time of a snapshot or a thin event."""
        body = bodies.mapping(bodies.read_json(request.body))
        topic = bodies.code(body.get("type")) or "unknown"
        return Webhook(
            topic=topic,
            event_id=bodies.code(body.get("id")) or None,
            store=bodies.code(body.get("account")) or bodies.code(body.get("context")) or None,
            occurred_at=http_values.timestamp(bodies.code(body.get("created"))),
            is_ping=topic == "v2.core.event_destination.ping",
        )

    # -- calls ------------------------------------------------------------------------------------------

    def store(self, exchange: Exchange) -> str | None:
        """Return the connected account the call was made for, where one was named; else the host."""
        headers = exchange.request_headers
        return headers.get("stripe-account") or headers.get("stripe-context") or super().store(exchange)

    def operation(self, exchange: Exchange) -> str:
        """Return `payment_intents.create`, `payment_intents.confirm`, `checkout.sessions.expire`, `oauth.token`."""
        return paths.rest_operation(exchange.method, paths.without_ids(_resource(exchange.url), _is_name), ACTIONS)

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return ids named by the path, by the form (`charge=ch_1`) and by the error itself."""
        found = {
            _KINDS[name]: value
            for name, value in pairwise(_resource(exchange.url))
            if name in _KINDS and not _is_name(value)
        }
        sent = bodies.read_form(exchange.request_body)
        error = bodies.mapping(bodies.mapping(bodies.read_json(exchange.response_body)).get("error"))
        for key, kind in _NAMED.items():
            value = error.get(key)
            named = bodies.code(bodies.mapping(value).get("id")) or bodies.code(value) or sent.get(key, "")
            if _ID.match(named):
                found.setdefault(kind, named)
        return found

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return what `error` says; OAuth gives it as a word with `error_description`."""
        if not error_status(exchange):
            return None
        body = bodies.mapping(bodies.read_json(exchange.response_body))
        error = body.get("error")
        if isinstance(error, str):
            word = bodies.code(error)
            described = bodies.text(body.get("error_description")) or error
            return AnswerFacts(codes=(word,) if word else (), message=described)
        fault = bodies.mapping(error)
        code = bodies.code(fault.get("code")) or bodies.code(fault.get("type"))
        message = bodies.text(fault.get("message"))
        if not code and not message:
            return plain_answer(exchange)
        declined = bodies.code(fault.get("decline_code"))
        param = _param(fault.get("param"))
        return AnswerFacts(
            codes=(code,) if code else (),
            fields=(param,) if param else (),
            message=f"{message} (decline_code: {declined})" if declined else message,
        )

    def observe(self, exchange: Exchange) -> Observation | None:
        """Return an empty rate budget with Stripe's reason for it; Stripe tells no budget before that."""
        reason = exchange.response_headers.get("stripe-rate-limited-reason")
        if exchange.status != 429 or not reason:
            return None
        store, operation = self.store(exchange), self.operation(exchange)
        return Observation("rate_budget", self.name, store, operation, remaining=0.0, detail=reason[:200])


def _resource(url: str) -> list[str]:
    """Return the path segments behind the version: `/v1/payment_intents/pi_1/confirm` → payment_intents, pi_1, …"""
    parts = paths.segments(url)
    return parts[1:] if parts and paths.is_version(parts[0]) else parts


def _is_name(segment: str) -> bool:
    return segment in _NAMES


def _param(value: Any) -> str:
    """Return `line_items.price` of `line_items[0][price]`."""
    if not isinstance(value, str) or not bodies.is_whole(value):
        return ""
    return paths.field_path(value.replace("[", ".").replace("]", ""))
