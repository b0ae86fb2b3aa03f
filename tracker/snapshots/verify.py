"""Whether a snapshot stands: its own hash, and the published record asked the same again."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.kit.errors import Invalid, NotFound
from tracker.snapshots.queries import Snapshot, snapshot
from tracker.snapshots.record import id_of, sha256_of

NAMED = 3  # cells that differ are named up to this many


@dataclass(frozen=True, slots=True)
class Checked:
    """`verdict`: ok, redacted (it stands, with texts redacted since), missing (what it names is gone) or WRONG."""

    id: str
    verdict: str
    why: str = ""

    @property
    def stands(self) -> bool:
        return self.verdict in ("ok", "redacted")


async def check(db: AsyncSession, snapshot_id: str) -> Checked:
    """Re-execute one snapshot. It is for the operator, so its words are not translated."""
    try:
        found = await snapshot(db, snapshot_id)
    except NotFound as gone:  # the snapshot itself, or what it names
        return Checked(snapshot_id, "missing", str(gone))
    except (ValueError, KeyError, TypeError, Invalid) as error:
        return Checked(snapshot_id, "WRONG", f"what was frozen can't be read: {error}")
    why = _fault(found)
    if why:
        return Checked(snapshot_id, "WRONG", why)
    if found.redacted:
        places = {f"{t.cell.place.code}/{t.cell.item.key}/{t.cell.domain}" for t in found.redacted}
        told = f"{len(found.redacted)} texts redacted since, in {', '.join(sorted(places)[:NAMED])}"
        return Checked(snapshot_id, "redacted", told)
    return Checked(snapshot_id, "ok")


def _fault(found: Snapshot) -> str:
    """What is wrong with it; "" when it stands."""
    if sha256_of(found.canonical) != found.sha256:
        return "what was frozen does not have its hash"
    if id_of(found.sha256, len(found.id)) != found.id:
        return "its id is not that of its hash"
    if found.canonical == found.again:
        return ""
    return "the record gives something else: " + _difference(found.record, json.loads(found.again))


def _difference(frozen: dict[str, Any], again: dict[str, Any]) -> str:
    def by_cell(record: dict[str, Any]) -> dict[str, Any]:
        return {f"{c['jurisdiction']}/{c['item']}/{c['domain']}": c for c in record["cells"]}

    before, after = by_cell(frozen), by_cell(again)
    cells = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    parts = [name for name in frozen if name != "cells" and frozen[name] != again.get(name)]
    more = f" and {len(cells) - NAMED} more cells" if len(cells) > NAMED else ""
    return ", ".join([*parts, *cells[:NAMED]]) + more
