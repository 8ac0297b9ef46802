"""The attribute registry, and the generator that turns it into constants and a docs page."""
