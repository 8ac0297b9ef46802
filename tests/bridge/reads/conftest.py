from collections.abc import Iterator

import pytest

from openclaw_otel_bridge.db import Database
from tests.bridge.seeding import Seed


@pytest.fixture
def seed(database_url: str) -> Iterator[Seed]:
    """A seeder over one open transaction; `seed.conn` is what the reads are given."""
    with Database(database_url).connect() as conn:
        yield Seed(conn)
        conn.rollback()
