"""Plugins of the house Acme for openclaw-otel."""
