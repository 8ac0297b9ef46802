"""One-line helpers for web frameworks: verify, answer as the platform wants, span, record on failure."""
