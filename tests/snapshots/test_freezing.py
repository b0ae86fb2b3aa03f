"""Freezing: the same state gives the same snapshot, on both databases, and later publications leave it alone."""

import json

from tests.snapshots.frozen import FICTIONAL, freeze
from tracker.db.session import Database


async def test_it_is_frozen_and_stands(database: Database) -> None:
    made = await freeze(database, jurisdictions=FICTIONAL, source="all")
    assert made.stands
    assert json.loads(made.canonical)["format"] == 1
    assert (await freeze(database, jurisdictions=FICTIONAL, source="all")).id == made.id
    print(made.id, len(made.canonical), made.canonical.decode()[:3000])
