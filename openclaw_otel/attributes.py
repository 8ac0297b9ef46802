"""Names of every attribute and event openclaw-otel emits.

Generated from semconv/registry.yaml by `python -m openclaw_otel.semconv`; edit the registry.
"""

from __future__ import annotations

from typing import Final

PREFIX: Final = "openclaw.integration"

PLATFORM_NAME: Final = "openclaw.integration.platform.name"
PLATFORM_API_VERSION: Final = "openclaw.integration.platform.api_version"
STORE_ID: Final = "openclaw.integration.store.id"
MARKETPLACE_ID: Final = "openclaw.integration.marketplace.id"
REGION: Final = "openclaw.integration.region"
OPERATION_NAME: Final = "openclaw.integration.operation.name"
WEBHOOK_TOPIC: Final = "openclaw.integration.webhook.topic"
WEBHOOK_ATTEMPT: Final = "openclaw.integration.webhook.attempt"
ORDER_ID: Final = "openclaw.integration.order.id"
OBJECT_IDS: Final = "openclaw.integration.object.ids"
REQUEST_ID: Final = "openclaw.integration.request.id"
ERROR_CATEGORY: Final = "openclaw.integration.error.category"
ERROR_CODE: Final = "openclaw.integration.error.code"
ERROR_CODES: Final = "openclaw.integration.error.codes"
ERROR_FIELDS: Final = "openclaw.integration.error.fields"
ERROR_MEANING: Final = "openclaw.integration.error.meaning"
ERROR_EVIDENCE: Final = "openclaw.integration.error.evidence"
ERROR_MESSAGE: Final = "openclaw.integration.error.message"
ERROR_RETRYABLE: Final = "openclaw.integration.error.retryable"
ERROR_SEVERITY: Final = "openclaw.integration.error.severity"
ERROR_FINGERPRINT: Final = "openclaw.integration.error.fingerprint"
ERROR_FINGERPRINT_HASH: Final = "openclaw.integration.error.fingerprint_hash"
ERROR_FINGERPRINT_EXPLICIT: Final = "openclaw.integration.error.fingerprint_explicit"
ERROR_GROUPING: Final = "openclaw.integration.error.grouping"
ERROR_GROUPING_HASH: Final = "openclaw.integration.error.grouping_hash"
ERROR_CATEGORY_SHIPPED: Final = "openclaw.integration.error.category_shipped"
ERROR_EXPLANATION: Final = "openclaw.integration.error.explanation"
ERROR_NEXT_STEP: Final = "openclaw.integration.error.next_step"
ERROR_CLASSIFIER: Final = "openclaw.integration.error.classifier"
ERROR_OCCURRENCES: Final = "openclaw.integration.error.occurrences"
OWNER_HINT: Final = "openclaw.integration.owner.hint"
SNAPSHOT: Final = "openclaw.integration.snapshot"
RECORD_ID: Final = "openclaw.integration.record.id"
RECORD_DROPPED: Final = "openclaw.integration.record.dropped"
OBSERVATION_KIND: Final = "openclaw.integration.observation.kind"
OBSERVATION_REMAINING: Final = "openclaw.integration.observation.remaining"
OBSERVATION_EXPIRES_AT: Final = "openclaw.integration.observation.expires_at"

# Semantic conventions of OpenTelemetry
CODE_FILE_PATH: Final = "code.file.path"
CODE_FUNCTION_NAME: Final = "code.function.name"
CODE_LINE_NUMBER: Final = "code.line.number"
DEPLOYMENT_ENVIRONMENT_NAME: Final = "deployment.environment.name"
ERROR_TYPE: Final = "error.type"
EXCEPTION_MESSAGE: Final = "exception.message"
EXCEPTION_STACKTRACE: Final = "exception.stacktrace"
EXCEPTION_TYPE: Final = "exception.type"
HTTP_REQUEST_METHOD: Final = "http.request.method"
HTTP_REQUEST_RESEND_COUNT: Final = "http.request.resend_count"
HTTP_RESPONSE_STATUS_CODE: Final = "http.response.status_code"
MESSAGING_MESSAGE_ID: Final = "messaging.message.id"
SERVER_ADDRESS: Final = "server.address"
SERVER_PORT: Final = "server.port"
SERVICE_NAME: Final = "service.name"
SERVICE_VERSION: Final = "service.version"
URL_FULL: Final = "url.full"

# Event names
EVENT_API_EXCEPTION: Final = "openclaw.integration.api.exception"
EVENT_WEBHOOK_EXCEPTION: Final = "openclaw.integration.webhook.exception"
EVENT_OBSERVATION: Final = "openclaw.integration.observation"

OWN: Final = frozenset(
    {
        PLATFORM_NAME,
        PLATFORM_API_VERSION,
        STORE_ID,
        MARKETPLACE_ID,
        REGION,
        OPERATION_NAME,
        WEBHOOK_TOPIC,
        WEBHOOK_ATTEMPT,
        ORDER_ID,
        OBJECT_IDS,
        REQUEST_ID,
        ERROR_CATEGORY,
        ERROR_CODE,
        ERROR_CODES,
        ERROR_FIELDS,
        ERROR_MEANING,
        ERROR_EVIDENCE,
        ERROR_MESSAGE,
        ERROR_RETRYABLE,
        ERROR_SEVERITY,
        ERROR_FINGERPRINT,
        ERROR_FINGERPRINT_HASH,
        ERROR_FINGERPRINT_EXPLICIT,
        ERROR_GROUPING,
        ERROR_GROUPING_HASH,
        ERROR_CATEGORY_SHIPPED,
        ERROR_EXPLANATION,
        ERROR_NEXT_STEP,
        ERROR_CLASSIFIER,
        ERROR_OCCURRENCES,
        OWNER_HINT,
        SNAPSHOT,
        RECORD_ID,
        RECORD_DROPPED,
        OBSERVATION_KIND,
        OBSERVATION_REMAINING,
        OBSERVATION_EXPIRES_AT,
    }
)

STANDARD: Final = frozenset(
    {
        CODE_FILE_PATH,
        CODE_FUNCTION_NAME,
        CODE_LINE_NUMBER,
        DEPLOYMENT_ENVIRONMENT_NAME,
        ERROR_TYPE,
        EXCEPTION_MESSAGE,
        EXCEPTION_STACKTRACE,
        EXCEPTION_TYPE,
        HTTP_REQUEST_METHOD,
        HTTP_REQUEST_RESEND_COUNT,
        HTTP_RESPONSE_STATUS_CODE,
        MESSAGING_MESSAGE_ID,
        SERVER_ADDRESS,
        SERVER_PORT,
        SERVICE_NAME,
        SERVICE_VERSION,
        URL_FULL,
    }
)
