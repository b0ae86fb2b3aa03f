"""The rows of the synthetic record, each a plain function of a jurisdiction's number and a cell's. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from tracker.entries.evidence import Cited, Support, lacking
from tracker.kit.vocabulary import (
    Axis,
    Basis,
    CitationAxis,
    Domain,
    InstrumentKind,
    JurisdictionKind,
    RevisionKind,
    Scope,
    Voice,
)
from tracker.reviews.models import Verdict

NAMESPACE = UUID("5f6f0f6e-2f0e-5d5c-9d0a-7a1c7c1d3e55")
VOICES = (
    ("synthetic-ministry", "Synthetic ministry (invented)", "ministry"),
    ("synthetic-institute", "Synthetic institute (invented)", "academic"),
    ("synthetic-watch", "Synthetic watch (invented)", "ngo"),
)
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)
CODES = ("0", "1", "1", "2", "2", "2", "3", "3", "4", "inconclusive", "not_applicable", "no_response")
KINDS = (InstrumentKind.STATUTE, InstrumentKind.TRAINING_RECORD, InstrumentKind.EVALUATION)
Row = dict[str, Any]


@dataclass(slots=True)
class Told:
    """A revision and what stands beside it, without the ids that the database gives. `corrects`: a uid."""

    uid: UUID
    row: Row
    corrects: UUID | None = None
    citations: list[Row] = field(default_factory=list)
    reviews: list[Row] = field(default_factory=list)
    withdrawals: list[Row] = field(default_factory=list)


def code(number: int) -> str:
    return f"XZZ-{number:05}"


def jurisdiction(number: int, root_id: int, root_path: str) -> Row:
    return {
        "code": code(number),
        "kind": JurisdictionKind.SUBDIVISION,
        "name": f"Synthetic district {number}",
        "parent_id": root_id,
        "path": f"{root_path}{root_id}/",
        "region": "Synthetic",
        "subregion": f"Synthetic region {number % 12}",
        "un_member": False,
        "income_group": "",
        "fictional": True,
    }


def instruments(number: int, place: int, organisation: UUID) -> list[Row]:
    """A statute, a training record and an evaluation."""
    return [
        {
            "id": _instrument_id(number, at),
            "key": None,
            "jurisdiction_id": place,
            "organisation_id": organisation,
            "kind": kind,
            "title": f"Invented {kind.value.replace('_', ' ')} of district {number}",
            "title_original": "",
            "language": "en",
            "issuer": "Synthetic ministry (invented)",
            "citation": f"Invented Act {number}/{2010 + number % 14}" if at == 0 else "",
            "adopted_on": _dated(number, at),
            "in_force_on": None,
            "in_force_until": None,
            "url": f"https://example.org/synthetic/{number}/{at}",
            "archived_url": "",
            "note": "",
            "provenance": "secondary",
            "recorded_at": FIRST,
        }
        for at, kind in enumerate(KINDS)
    ]


def _instrument_id(number: int, at: int) -> UUID:
    return UUID(int=NAMESPACE.int ^ (number << 8) ^ at)


def _dated(number: int, at: int) -> date:
    return date(2010 + number % 14, 1 + number % 12, 1 + number % 28) + timedelta(days=400 * at)


def _mixed(number: int, cell: int, step: int) -> int:
    """A number that looks like chance and is not: the same three give the same on every machine."""
    mixed = (number * 2654435761 + cell * 40503 + step * 2246822519) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    mixed = (mixed * 2246822519) & 0xFFFFFFFF
    return mixed ^ (mixed >> 13)


def revisions(number: int, place: int, cells: list[tuple[int, Domain]], voices: list[UUID]) -> Iterator[Told]:
    """Of each cell a revision; of a share a change, a correction, a withdrawal, another voice, and reviews."""
    for cell, (item, domain) in enumerate(cells):
        chance = _mixed(number, cell, 0)
        key = {"jurisdiction_id": place, "item_id": item, "domain": domain}
        first = _told(number, cell, 0, key, voices[0])
        first.reviews = _reviews(chance, voices, first.row["recorded_at"])
        yield first
        if chance % 10 < 3:
            yield _told(number, cell, 1, key, voices[0])
        if chance % 10 == 0:
            yield _told(number, cell, 2, key, voices[0], corrects=first.uid)
        if chance % 97 == 0:
            first.withdrawals.append(
                {"reason": "Invented: taken back.", "recorded_at": FIRST + timedelta(days=420)}
            )
        if chance % 7 == 0:
            yield _told(number, cell, 3, key, voices[1 + chance % 2])


def _reviews(chance: int, voices: list[UUID], after: datetime) -> list[Row]:
    if chance % 11:
        return []
    return [
        {
            "organisation_id": voices[1],
            "verdict": Verdict.DISAGREE if chance % 5 == 0 else Verdict.AGREE,
            "reason": "Invented: read beside the register.",
            "other_source": "An invented register" if chance % 2 else "",
            "independent": True,
            "recorded_at": after + timedelta(days=30),
        }
    ]


def _told(
    number: int, cell: int, step: int, key: Row, organisation: UUID, corrects: UUID | None = None
) -> Told:
    chance = _mixed(number, cell, step + 1)
    recorded = FIRST + timedelta(days=120 * step + chance % 100, minutes=cell)
    levels = {Axis.COMMITMENT: CODES[chance % 12], Axis.PRACTICE: CODES[(chance >> 8) % 12]}
    begins = None if chance % 19 == 0 else _dated(number, 0) + timedelta(days=chance % 700)
    citations = list(_citations(number, cell, chance))
    support = Support(
        search_who="Synthetic ministry" if chance % 3 else "",
        search_where="invented registers",
        search_when=date(2024, 6, 1),
        owner="Invented directorate" if chance % 4 else "",
        budget="" if chance % 2 else "An invented line",
        valid_from=begins,
    )
    cited = [Cited(c["axis"], KINDS[at], _dated(number, at), c["locator"]) for at, c in citations]
    row = key | {
        "uid": UUID(int=(NAMESPACE.int ^ (number << 40) ^ (cell << 16) ^ (step << 4) ^ 0xF)),
        "organisation_id": organisation,
        "voice": Voice.INDEPENDENT if step == 3 else Voice.SELF,
        "kind": RevisionKind.CORRECTION if corrects else RevisionKind.CHANGE,
        "corrects_id": None,
        "commitment": levels[Axis.COMMITMENT],
        "practice": levels[Axis.PRACTICE],
        "commitment_claimed": bool(lacking(Axis.COMMITMENT, levels[Axis.COMMITMENT], support, cited)),
        "practice_claimed": bool(lacking(Axis.PRACTICE, levels[Axis.PRACTICE], support, cited)),
        "basis": Basis.BY_NAME if chance % 5 == 0 else Basis.EQUIVALENT,
        "scope": Scope.TARGETED if chance % 6 == 0 else Scope.GENERAL,
        "scope_note": "Invented" if chance % 6 == 0 else "",
        "valid_from": begins,
        "valid_to": None if chance % 13 else date(2026, 1, 1) + timedelta(days=chance % 900),
        "owner": support.owner,
        "budget": support.budget,
        "search_who": support.search_who,
        "search_where": support.search_where,
        "search_when": support.search_when,
        "not_applicable_reason": "Invented." if "not_applicable" in levels.values() else "",
        "note": f"Synthetic entry {number}-{cell}-{step}: says nothing of any place.",
        "recorded_at": recorded,
    }
    return Told(row["uid"], row, corrects, [c for _at, c in citations])


def _citations(number: int, cell: int, chance: int) -> Iterator[tuple[int, Row]]:
    """(which of the jurisdiction's instruments, citation)."""
    for position, at in enumerate({0, chance % 3} if chance % 8 else ()):
        axis = CitationAxis.COMMITMENT if at == 0 else CitationAxis.PRACTICE
        yield (
            at,
            {
                "instrument_id": _instrument_id(number, at),
                "position": position,
                "axis": axis,
                "locator": f"section {cell + 1}" if chance % 9 else "",
                "quote": f"An invented passage on training, number {cell}.",
                "quote_language": "en",
                "translation": "",
            },
        )
