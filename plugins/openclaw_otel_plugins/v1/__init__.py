"""Fingerprint format v1. Frozen once released: a change of any file here is a new folder beside it."""
