"""What the bridge knows, as people and programs read it: the one SELECT side of pages and API."""
