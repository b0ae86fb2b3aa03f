"""What is found by searching; releases, snapshots and briefings: what was published as a whole, and its files."""

from tracker.api.schemas.parts import (
    BOOL,
    COUNT,
    TEXT,
    URL,
    Schema,
    codes,
    day,
    listing,
    many,
    moment,
    ref,
    text,
    thing,
    uid,
)
from tracker.kit.vocabulary import Domain, InstrumentKind, JurisdictionKind
from tracker.search.full_text import KINDS

_PLACED: Schema = {"jurisdiction": TEXT, "jurisdiction_name": TEXT, "fictional": BOOL}
_FILE = thing(name=TEXT, url=URL, media_type=TEXT, size=COUNT, sha256=TEXT)
_RELEASE: Schema = {
    "release": {"type": "integer", "minimum": 1},
    "published_at": moment(),
    "on": day(),
    "as_of": moment(),
    "rows": COUNT | {"description": "Of adoption.csv"},
    "licence": TEXT,
    "note": TEXT,
    "forced": text("Why rows were let go that nothing explains, or none"),
    "redacted_at": moment("none"),
    "url": URL,
}
_SNAPSHOT: Schema = {
    "snapshot": TEXT,
    "sha256": TEXT,
    "frozen_at": moment(),
    "title": TEXT,
    "query": {"type": "object", "additionalProperties": {"type": "string"}},
    "on": day(),
    "as_of": moment(),
    "framework": TEXT,
    "cells": COUNT,
    "url": URL,
}
_BRIEFING: Schema = {
    "briefing": TEXT,
    "edition": {"type": "integer", "minimum": 1},
    "uid": uid(),
    "question": TEXT,
    "organisation": TEXT,
    "organisation_name": TEXT,
    "organisation_fictional": BOOL,
    "language": TEXT,
    "snapshot": TEXT,
    "published_at": moment(),
    "superseded": BOOL,
    "url": URL,
}


def _found(kind: str, **members: Schema) -> Schema:
    return thing(kind={"const": kind}, **members, url=URL)


SCHEMAS: dict[str, Schema] = {
    "FoundJurisdiction": _found(
        "jurisdiction", **_PLACED, jurisdiction_kind=codes(JurisdictionKind), parent_name=TEXT
    ),
    "FoundItem": _found(
        "item",
        framework=TEXT,
        framework_version=TEXT,
        framework_title=TEXT,
        publisher=TEXT,
        item=TEXT,
        number=TEXT,
        short_label=TEXT,
        title=TEXT,
        wording=TEXT,
        provenance=TEXT,
    ),
    "FoundInstrument": _found(
        "instrument",
        **_PLACED,
        instrument=uid(),
        instrument_kind=codes(InstrumentKind),
        title=TEXT,
        title_original=TEXT,
        language=TEXT,
        citation=TEXT,
        issuer=TEXT,
    ),
    "FoundPassage": _found(
        "passage",
        **_PLACED,
        instrument=uid(),
        instrument_title=TEXT,
        locator=TEXT,
        quote=TEXT,
        quote_language=TEXT,
        translation=TEXT,
        organisation_name=TEXT,
        framework=TEXT,
        framework_version=TEXT,
        item=TEXT,
        item_label=TEXT,
        domain=codes(Domain),
    ),
    "Found": {"oneOf": [ref(f"Found{kind.capitalize()}") for kind in KINDS]},
    "FoundList": listing("Found", words=many(TEXT), words_left_out=BOOL),
    "ReleaseLine": thing(**_RELEASE),
    "ReleaseList": listing("ReleaseLine"),
    "Release": thing(**_RELEASE, cite_as=TEXT, files=many(_FILE)),
    "SnapshotLine": thing(**_SNAPSHOT),
    "SnapshotList": listing("SnapshotLine"),
    "Snapshot": thing(
        **_SNAPSHOT,
        stands=BOOL | {"description": "Whether the record still gives what was frozen"},
        cite_as=TEXT,
        files=many(thing(name=TEXT, url=URL, media_type=TEXT)),
    ),
    "BriefingLine": thing(**_BRIEFING),
    "BriefingList": listing("BriefingLine"),
    "Briefing": thing(**_BRIEFING, files=many(_FILE)),
}
