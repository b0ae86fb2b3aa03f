"""Each number in each key message, counted again from the rows of the JSON, by other code than the product's."""

import json
import re
from collections import Counter
from datetime import date
from typing import Any

import pytest

from tracker.briefings.compose import compose
from tracker.briefings.document import Bullets
from tracker.briefings.messages import KEYS
from tracker.briefings.options import Message, Options
from tracker.briefings.queries import gather
from tracker.briefings.twins import data
from tracker.compare.queries import compare
from tracker.compare.query import parse
from tracker.db.session import Database

AXES = ("commitment", "practice")
Row = dict[str, Any]
CASES = ["US-CT,US-FL,US-LA,US-MI,US-TX", "XAA,XAB,XAC", "XAA", "XAA,US-TX,KEN"]


async def told(database: Database, codes: str, since: date | None = None) -> tuple[dict[str, str], list[Row]]:
    """All messages by title, without their references, and the rows of the JSON."""
    options = Options(messages=tuple(Message(key) for key in KEYS), since=since)
    async with database.read() as db:
        comparison = await compare(db, parse({"jurisdictions": codes}))
        beside = await gather(db, comparison, options)
    document = compose(
        comparison,
        base_url="https://t.example",
        locale="en",
        service_name="T",
        options=options,
        beside=beside,
    )
    (bullets,) = [b for b in document.parts[0].blocks if isinstance(b, Bullets)]
    rows = json.loads(data.told(comparison, document, options, "https://t.example", "en"))["comparison"][
        "rows"
    ]
    return {runs[0].text: runs[1].text.strip() for runs in bullets.items}, rows


def readings(rows: list[Row]) -> list[tuple[Row, str]]:
    return [(row, axis) for row in rows for axis in AXES]


def level(row: Row, axis: str) -> bool:
    return isinstance(row[axis], int)


def unknown(row: Row, axis: str) -> bool:
    return not level(row, axis) and row[axis] != "not_applicable"


def figures(text: str) -> list[int]:
    """The numbers of a sentence; those in the names of items are no counts."""
    return [int(n) for n in re.findall(r"\d+", re.sub(r"Core Competency \d", "", text))]


@pytest.mark.parametrize("codes", CASES)
async def test_every_number_is_counted_again(database: Database, codes: str) -> None:
    said, rows = await told(database, codes)
    places = list(dict.fromkeys(row["jurisdiction"] for row in rows))
    levels = [r for r in readings(rows) if level(*r)]
    missing = [r for r in readings(rows) if unknown(*r)]
    total = len(levels) + len(missing)

    wanted = []
    for place in places:
        for axis in AXES:
            own = [row for row in rows if row["jurisdiction"] == place]
            left = sum(row[axis] == "not_applicable" for row in own)
            wanted += [sum(level(row, axis) for row in own), len(own) - left, *([left] if left else [])]
    assert figures(said.pop("Coverage.")) == wanted

    if "In common." in said and "each have" in said["In common."]:
        by_column: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            by_column.setdefault((row["item"], row["domain"]), []).append(row)
        axis = "commitment" if ", on paper, for" in said["In common."] else "practice"
        shared = [c for c in by_column.values() if all(level(row, axis) for row in c)]
        same = sum(len({row[axis] for row in c}) == 1 for c in shared)
        more = [len(shared) - 3] if len(shared) > 3 else []
        assert figures(said["In common."]) == [*more, len(shared), len(by_column), same]
    else:
        assert figures(said.get("In common.", "")) == []

    if "Confirmed gaps." in said:
        gaps = [(r, a) for r, a in levels if r[a] in (0, 1) and not r[f"{a}_claimed"]]
        zeros = sum(r[a] == 0 for r, a in gaps)
        expected = [len(gaps), total, zeros, len(gaps) - zeros] if gaps else [total, 0, 1]
        assert figures(said["Confirmed gaps."]) == expected

    if "Unknown." in said:
        by_code = Counter(row[axis] for row, axis in missing)
        assert figures(said["Unknown."]) == [len(missing), total, *(n for _c, n in by_code.most_common())]
    else:
        both = [row for row in rows if all(level(row, axis) for axis in AXES)]
        unused = sum(row["commitment"] >= 2 and row["practice"] < 2 for row in both)
        assert figures(said["Paper beside practice."]) == [len(both), unused]

    claimed = sum(r[f"{a}_claimed"] for r, a in levels)
    reviewed = sum(r[f"{a}_verification"] in ("V2", "V3") for r, a in levels)
    contested = sum(row["contested"] for row in rows)
    expected = [*([claimed] if claimed else []), len(levels)] if levels else []
    expected += [reviewed, len(levels)] if reviewed else []
    assert figures(said["Firmness."]) == expected + ([contested] if contested else [])

    if "Furthest apart." in said:
        spreads = Counter[tuple[str, str, str]]()
        cells: dict[tuple[str, str, str], list[int]] = {}
        for row, axis in levels:
            cells.setdefault((row["item"], row["domain"], axis), []).append(row[axis])
        for key, found in cells.items():
            spreads[key] = max(found) - min(found)
        widest = max(spreads.values())
        ends = figures(said["Furthest apart."])[:2]
        assert abs(ends[0] - ends[1]) == widest
        others = sum(n == widest for n in spreads.values()) - 1
        assert figures(said["Furthest apart."])[2:] == ([others] if others else [])


async def test_change_is_counted_from_two_jsons(database: Database) -> None:
    since = date(2025, 1, 1)
    said, after = await told(database, "XAA,XAB,XAC", since)
    async with database.read() as db:
        now = await compare(db, parse({"jurisdictions": "XAA,XAB,XAC"}))
        then = {"jurisdictions": "XAA,XAB,XAC", "on": "2025-01-01", "as_of": now.at.as_of.isoformat()}
        earlier = await compare(db, parse(then))
    before = json.loads(
        data.told(earlier, compose(earlier, base_url="", locale="en", service_name="T"), Options(), "", "en")
    )["comparison"]["rows"]
    kinds = Counter[str]()
    for old, new in zip(before, after, strict=True):
        for axis in AXES:
            a, b = old[axis], new[axis]
            if a == b:
                continue
            if isinstance(a, int) and isinstance(b, int):
                kinds["up" if b > a else "down"] += 1
            elif isinstance(b, int):
                kinds["new"] += 1
            else:
                kinds["lost" if isinstance(a, int) else "other"] += 1
    assert kinds["up"] and kinds["down"] and kinds["new"]
    expected = [kinds[k] for k in ("up", "down", "new", "lost", "other")]
    sentence = said["Change."].removeprefix("Since 1 January 2025 ")
    assert figures(sentence) == [kinds.total(), len(after) * 2, *expected]
