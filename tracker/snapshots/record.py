"""What a snapshot freezes, as canonical JSON: the question, the names it was asked of, and every cell's answer.

It holds no free text. Where the record has one, it holds a commitment: the SHA-256 of a salt and of the text's own
SHA-256. So a redaction reaches the snapshot, for the text itself stands only in the published record; the hash still
stands, for the redaction keeps the text's SHA-256; and a short text that was redacted can't be guessed from what
is public, for its salt is told only beside the text. The place of a text is part of its salt.

FORMAT names these rules. Whoever changes what is written here makes every snapshot fail: a new way needs a new number,
and the old one stays for the old snapshots. A golden snapshot in the tests notices.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from tracker.compare.canonical import canonical_json
from tracker.compare.comparison import ComparedCell, Comparison
from tracker.compare.query import Query, parse
from tracker.entries.standing import Standing
from tracker.frameworks.queries import Item
from tracker.jurisdictions.queries import Place
from tracker.kit.vocabulary import Axis, CitationAxis, InstrumentKind, Value

FORMAT = 1
SHORTEST_ID, LONGEST_ID = 10, 26


@dataclass(frozen=True, slots=True)
class FreeText:
    """A text of the record. `field` names it within its revision, as `tracker redact` does; `sha256` is of what was

    published there, also after `text` became a tombstone at `redacted_at`.
    """

    field: str
    text: str
    sha256: str
    redacted_at: datetime | None = None


Texts = Mapping[str, FreeText]


@dataclass(frozen=True, slots=True)
class Cited:
    """What is coded of a citation and its instrument; `texts` by column, those of the instrument as instrument.title."""

    position: int
    axis: CitationAxis
    quote_language: str
    kind: InstrumentKind
    language: str
    adopted_on: date | None
    in_force_on: date | None
    in_force_until: date | None
    provenance: str
    texts: Texts


@dataclass(frozen=True, slots=True)
class Said:
    """A review (`agrees` is not None) or a reply beside a revision."""

    organisation: str
    recorded_at: datetime
    texts: Texts
    agrees: bool | None = None
    independent: bool = False


@dataclass(frozen=True, slots=True)
class Support:
    """What stands with a revision at the moment of the snapshot."""

    texts: Texts
    citations: tuple[Cited, ...] = ()
    reviews: tuple[Said, ...] = ()
    replies: tuple[Said, ...] = ()

    def all_texts(self) -> Iterable[FreeText]:
        parts: tuple[Cited | Said, ...] = (*self.citations, *self.reviews, *self.replies)
        for texts in (self.texts, *(part.texts for part in parts)):
            yield from texts.values()


def text_salt(salt: str, place: str) -> str:
    """The salt of one text: 32 hex digits, told beside the text as long as the text is told."""
    return hmac.new(salt.encode(), place.encode(), hashlib.sha256).hexdigest()[:32]


def commitment(own_salt: str, text_sha256: str) -> str:
    """What the canonical JSON holds for a text, 64 hex digits."""
    return hashlib.sha256(f"{own_salt}:{text_sha256}".encode()).hexdigest()


def place_of(cell: ComparedCell, voice: Standing, field: str) -> str:
    """Where a text stands, in words that last: no key of a database row is in it."""
    moment_said = moment_text(voice.recorded_at)
    parts = (cell.place.code, cell.item.key, cell.domain.value, voice.organisation_key, moment_said, field)
    return "/".join(parts)


def canonical_of(comparison: Comparison, support: Mapping[int, Support], salt: str) -> bytes:
    """The canonical JSON of a comparison whose query states `on`, `as_of` and the framework's version."""
    writer = _Writer(salt)
    voices = {v.organisation_key: v for cell in comparison.rows() for v in cell.voices}
    return canonical_json(
        {
            "format": FORMAT,
            "query": _query(comparison.query),
            "framework": {
                "key": comparison.framework.key,
                "version": comparison.framework.version,
                "title": comparison.framework.title,
                "items": _items(comparison.framework.items),
            },
            "jurisdictions": [_place(place) for place in comparison.places],
            "organisations": [
                {
                    "key": key,
                    "name": voices[key].organisation_name,
                    "fictional": voices[key].organisation_fictional,
                }
                for key in sorted(voices)
            ],
            "cells": [writer.cell(cell, support) for cell in comparison.rows()],
        }
    )


def _query(query: Query) -> dict[str, str]:
    """Every parameter that answers differ by, also where it says the default: defaults may change."""
    stated = {
        "items": "",
        "domains": "",
        "axis": query.axis,
        "basis": "",
        "source": query.source.value,
        "show": query.show,
    }
    return stated | replace(query, layout=()).parameters()


def _items(items: Iterable[Item]) -> list[dict[str, object]]:
    return [
        {
            "key": item.key,
            "number": item.source_number,
            "label": item.short_label,
            "text": item.text,
            "depth": item.depth,
            "domains": [domain.value for domain in item.domains],
        }
        for item in items
    ]


def _place(place: Place) -> dict[str, object]:
    return {"code": place.code, "name": place.name, "kind": place.kind.value, "fictional": place.fictional}


class _Writer:
    """Writes cells, with the commitments of one salt."""

    def __init__(self, salt: str) -> None:
        self.salt = salt

    def cell(self, cell: ComparedCell, support: Mapping[int, Support]) -> dict[str, object]:
        return {
            "jurisdiction": cell.place.code,
            "item": cell.item.key,
            "domain": cell.domain.value,
            "contested": cell.contested,
            "filtered": cell.filtered,
            "voices": [self.voice(cell, voice, support[voice.id]) for voice in cell.voices],
        }

    def voice(self, cell: ComparedCell, voice: Standing, support: Support) -> dict[str, object]:
        def texts(of: Texts) -> dict[str, str]:
            return {name: self.commitment(cell, voice, text) for name, text in of.items()}

        return {
            "organisation": voice.organisation_key,
            "voice": voice.voice.value,
            "recorded_at": moment_text(voice.recorded_at),
            "confirmed_at": moment_text(voice.confirmed_at) if voice.confirmed_at else "none",
            "basis": voice.basis.value if voice.basis else "none",
            "scope": voice.scope.value if voice.scope else "none",
            "valid_from": _day(voice.valid_from, "unknown"),
            "valid_to": _day(voice.valid_to, "open"),
            "search_when": _day(voice.search_when, "none"),
            **{axis.value: _axis(voice, axis) for axis in Axis},
            "texts": texts(support.texts),
            "citations": [_cited(cited) | {"texts": texts(cited.texts)} for cited in support.citations],
            "reviews": [_said(said) | {"texts": texts(said.texts)} for said in support.reviews],
            "replies": [_said(said) | {"texts": texts(said.texts)} for said in support.replies],
        }

    def commitment(self, cell: ComparedCell, voice: Standing, text: FreeText) -> str:
        return commitment(text_salt(self.salt, place_of(cell, voice, text.field)), text.sha256)


def _axis(voice: Standing, axis: Axis) -> dict[str, object]:
    return {
        "value": value_of(voice.on(axis)),
        "claimed": voice.claimed(axis),
        "verification": voice.verification(axis),
    }


def value_of(value: Value) -> int | str:
    """A level as a number, or the code that says why there is none."""
    return value.level if value.level is not None else value.code


def _cited(cited: Cited) -> dict[str, object]:
    return {
        "position": cited.position,
        "axis": cited.axis.value,
        "quote_language": cited.quote_language or "none",
        "kind": cited.kind.value,
        "language": cited.language or "none",
        "adopted_on": _day(cited.adopted_on, "unknown"),
        "in_force_on": _day(cited.in_force_on, "unknown"),
        "in_force_until": _day(cited.in_force_until, "open"),
        "provenance": cited.provenance or "none",
    }


def _said(said: Said) -> dict[str, object]:
    told: dict[str, object] = {
        "organisation": said.organisation,
        "recorded_at": moment_text(said.recorded_at),
    }
    if said.agrees is not None:
        told |= {"agrees": said.agrees, "independent": said.independent}
    return told


def _day(value: date | None, absent: str) -> str:
    return value.isoformat() if value else absent


def moment_text(value: datetime) -> str:
    """To the microsecond, in UTC, always of one length."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sha256_of(canonical: bytes) -> str:
    return hashlib.sha256(canonical).hexdigest()


def id_of(sha256: str, length: int = SHORTEST_ID) -> str:
    """The first `length` letters of the hash in base32, in lower case: letters and the digits 2 to 7."""
    return base64.b32encode(bytes.fromhex(sha256)).decode().lower()[:length]


def frozen_query(record: Mapping[str, Any]) -> Query:
    """The query that a canonical JSON states."""
    return parse(record["query"])
