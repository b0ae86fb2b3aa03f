"""Entries, comparisons and instruments: what is said of cells, and what it rests on."""

from tracker.api.schemas.parts import (
    BOOL,
    CELL,
    COUNT,
    ITEM,
    PAST,
    PLACE,
    SAID,
    STATED,
    TEXT,
    URL,
    Schema,
    axes,
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
from tracker.compare.files import COLUMNS
from tracker.crosswalks.through import CONFLICT, NOTHING, RANGE
from tracker.kit.vocabulary import (
    MISSING_CODES,
    VALUE_CODES,
    Axis,
    Basis,
    CitationAxis,
    Domain,
    InstrumentEventKind,
    InstrumentKind,
    InstrumentState,
    PublishAs,
    Scope,
    Source,
)

INFERRED = (RANGE, CONFLICT, NOTHING)  # where a comparison is read through a crosswalk

_INSTRUMENT: Schema = (
    {"instrument": uid(), "key": TEXT}
    | PLACE
    | {
        "fictional": BOOL,
        "kind": codes(InstrumentKind),
        "title": TEXT,
        "title_original": TEXT,
        "language": TEXT,
        "issuer": TEXT,
        "citation": TEXT,
        "adopted_on": day(),
        "in_force_on": day(),
        "in_force_until": day("open"),
        "state": codes(InstrumentState),
        "repealed_on": day("none"),
        "url": URL,
        "archived_url": URL,
        "note": TEXT,
        "provenance": TEXT,
        "organisation_name": TEXT,
        "recorded_at": moment(),
        "cells": COUNT,
    }
)


def _row() -> Schema:
    """A row of the long CSV: docs/codebook.md tells its columns."""
    inferred = {axis.value: codes((*VALUE_CODES, *INFERRED)) for axis in Axis}
    inferred |= {f"{axis}_missing_reason": codes((*MISSING_CODES, *INFERRED), "none") for axis in Axis}
    known: Schema = (
        axes() | inferred | {"contested": BOOL, "domain": codes(Domain), "basis": codes(Basis, "none")}
    )
    known |= {"scope": codes(Scope, "none"), "valid_from": day("unknown|none"), "valid_to": day("open|none")}
    known |= {"recorded_at": moment("none"), "cell_url": URL}
    return thing(**{name: known.get(name, TEXT) for name in COLUMNS})


# What cites an instrument.
_CITING: Schema = (
    {"uid": uid(), "jurisdiction": TEXT}
    | ITEM
    | {
        "domain": codes(Domain),
        "organisation_name": TEXT,
        "commitment": codes(VALUE_CODES),
        "practice": codes(VALUE_CODES),
        "axis": codes(CitationAxis),
        "locator": TEXT,
        "recorded_at": moment(),
        "withdrawn": BOOL,
        "holds": BOOL | {"description": "Whether it is what its organisation says on the day “on”"},
    }
)
_OR_WITHDRAWN = codes((*VALUE_CODES, "withdrawn"))

SCHEMAS: dict[str, Schema] = {
    "OwnCriterion": thing(
        uid=uid(),
        organisation=TEXT,
        organisation_name=TEXT,
        **PLACE,
        fictional=BOOL,
        **ITEM,
        text=TEXT,
        guidance=TEXT,
        note=TEXT,
        assessed_on=day(),
        **{axis.value: _OR_WITHDRAWN for axis in Axis},
        recorded_at=moment(),
        withdrawn_at=moment("none"),
        withdrawal_reason=TEXT,
    ),
    "OwnCriterionList": listing("OwnCriterion"),
    "Row": _row(),
    "Comparison": thing(
        meta=thing(
            query={"type": "object", "additionalProperties": {"type": "string"}},
            on=day(),
            as_of=moment(),
            dated=day(),
            framework=TEXT,
            through=TEXT,
            cells_filtered_out=COUNT,
        ),
        data=many(ref("Row")),
    ),
    "Matrix": thing(
        framework=TEXT,
        on=day(),
        as_of=moment(),
        source=codes(Source),
        basis=codes(Basis, "either"),
        axis=codes(Axis, "both"),
        columns=many(TEXT),
        jurisdictions={
            "type": "object",
            "description": "By code, then by cell (item/domain): what `columns` name, in their order; under "
            "source=all a list of such arrays, one for each voice.",
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "array"}},
        },
    ),
    "Citation": thing(
        axis=codes(CitationAxis),
        instrument=uid(),
        kind=codes(InstrumentKind),
        title=TEXT,
        issuer=TEXT,
        citation=TEXT,
        dated=day(),
        locator=TEXT,
        quote=TEXT,
        quote_language=TEXT,
        translation=TEXT,
        url=URL,
        provenance=TEXT,
        principles=many(STATED),
    ),
    "Entry": thing(
        **CELL, item_title=TEXT, contested=BOOL, cell_url=URL, **SAID, citations=many(ref("Citation"))
    ),
    "EntryList": listing("Entry", on=day(), as_of=moment(), source=codes(Source)),
    "PastRevision": thing(**PAST),
    "Revision": thing(
        **CELL,
        cell_url=URL,
        **PAST,
        citations=many(ref("Citation")),
        reviews=many(
            thing(
                organisation_name=TEXT,
                verdict=codes(["agree", "disagree"]),
                reason=TEXT,
                other_source=TEXT,
                independent=BOOL,
                recorded_at=moment(),
            )
        ),
        replies=many(thing(organisation_name=TEXT, text=TEXT, recorded_at=moment())),
        history=many(ref("PastRevision")),
    ),
    "InstrumentLine": thing(**_INSTRUMENT),
    "InstrumentCitation": thing(
        **_CITING, jurisdiction_name=TEXT, fictional=BOOL, quote=TEXT, quote_language=TEXT, translation=TEXT
    ),
    "InstrumentCitationList": listing("InstrumentCitation", on=day()),
    "InstrumentList": listing("InstrumentLine", on=day()),
    "Instrument": thing(
        **_INSTRUMENT,
        events=many(
            thing(
                kind=codes(InstrumentEventKind),
                effective_on=day(),
                by_instrument=uid("none"),
                by_title=TEXT,
                note=TEXT,
                organisation_name=TEXT,
                recorded_at=moment(),
            )
        ),
        attachments=many(
            thing(
                title=TEXT,
                media_type=TEXT,
                size=COUNT,
                sha256=TEXT,
                published_as=codes(PublishAs),
                redacted=text("The tombstone of a file that was taken out, or none"),
                url=URL,
            )
        ),
        cited_by=many(thing(**_CITING)),
        cited_by_more=BOOL,
    ),
}
