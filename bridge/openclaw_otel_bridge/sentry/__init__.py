"""Sentry beside the bridge, both ways, by an internal integration of the team's Sentry organisation.

Sentry → us   POST /hooks/sentry/<name>   hooks: signature, facts | table sentry_hooks
              worker                      matching: which issue of ours | heard: comment, mute, assignee
us → Sentry   worker                      told: the issue stands otherwise than Sentry was told → api: PUT, retried

What came from Sentry is never told back: a link remembers what each side knows of the other.
"""
