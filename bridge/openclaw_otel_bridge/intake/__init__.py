"""Intake: from what senders send to committed events.

POST /v1/traces, /v1/logs                          POST /webhook/<platform>/<store>
| bodies      bounded, decompressed                | the adapter verifies, parses, answers
| otlp        protobuf or JSON → messages          |
| traces, logs  → found failures, spans            |
| process     pipeline (classify … redact)         |
| committer   many requests, one transaction:  <---'
|   reconcile   new · copy · resent
|   issues      groupings, issues: new · same · regressed; rules
|   writes      rows, chunks, counters
answer only after the commit
"""

from openclaw_otel_bridge.intake.door import Intake

__all__ = ["Intake"]
