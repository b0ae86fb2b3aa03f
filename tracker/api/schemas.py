"""The shapes of answers and bodies as JSON Schema (2020-12, as OpenAPI 3.1 has it). Every member is always there."""

from collections.abc import Iterable
from typing import Any

from tracker.api.bodies import MISSING
from tracker.compare.files import COLUMNS
from tracker.corrections.models import ReportState
from tracker.crosswalk_files.formats import FORMATS
from tracker.crosswalks.through import CONFLICT, NOTHING, RANGE
from tracker.entries.content import CITATION_FIELDS, FIELDS, INSTRUMENT_FIELDS
from tracker.entries.forms import MOST_CITATIONS
from tracker.frameworks import files as framework_files
from tracker.kit.vocabulary import (
    MISSING_CODES,
    VALUE_CODES,
    Axis,
    Basis,
    CitationAxis,
    Domain,
    DraftState,
    InstrumentEventKind,
    InstrumentKind,
    InstrumentState,
    JurisdictionKind,
    MandateKind,
    OrganisationKind,
    Payment,
    Principle,
    PublishAs,
    Relation,
    RevisionKind,
    Scope,
    Source,
    Voice,
)

Schema = dict[str, Any]
NONE = ("none",)
INFERRED = (RANGE, CONFLICT, NOTHING)  # where a comparison is read through a crosswalk


def text(description: str = "") -> Schema:
    return {"type": "string", "minLength": 1} | ({"description": description} if description else {})


def codes(values: Iterable[str], *more: str) -> Schema:
    return {"type": "string", "enum": [*(str(v) for v in values), *more]}


def day(absent: str = "unknown") -> Schema:
    return {"type": "string", "pattern": rf"^(\d{{4}}-\d\d-\d\d|{absent})$"}


def moment(absent: str = "") -> Schema:
    either = rf"|^{absent}$" if absent else ""
    return {"type": "string", "pattern": rf"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ${either}"}


def uid(absent: str = "") -> Schema:
    either = rf"|^{absent}$" if absent else ""
    return {"type": "string", "pattern": rf"^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}${either}"}


TEXT, BOOL = text(), {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
URL: Schema = {"type": "string", "pattern": "^https?://|^none$"}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def many(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def thing(**members: Schema) -> Schema:
    """An object that has these members and no others."""
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def listing(name: str, **meta: Schema) -> Schema:
    told = {"data": many(ref(name)), "links": ref("Links")}
    return thing(**told, **({"meta": thing(**meta)} if meta else {}))


def _axes() -> Schema:
    told: Schema = {}
    for axis in Axis:
        told |= {
            axis.value: codes(VALUE_CODES),
            f"{axis}_missing_reason": codes(MISSING_CODES, "none"),
            f"{axis}_claimed": BOOL,
            f"{axis}_verification": codes(["V0", "V1", "V2", "V3"], "none"),
        }
    return told


_PLACE: Schema = {"jurisdiction": TEXT, "jurisdiction_name": TEXT}
_ITEM: Schema = {"framework": TEXT, "framework_version": TEXT, "item": TEXT}
_CELL: Schema = _PLACE | {"fictional": BOOL} | _ITEM | {"domain": codes(Domain)}
_SAID: Schema = (
    {
        "uid": uid(),
        "organisation": TEXT,
        "organisation_name": TEXT,
        "organisation_fictional": BOOL,
        "voice": codes(Voice),
    }
    | _axes()
    | {
        "basis": codes(Basis, "none"),
        "scope": codes(Scope, "none"),
        "scope_note": TEXT,
        "valid_from": day(),
        "valid_to": day("open"),
        "owner": TEXT,
        "budget": TEXT,
        "search_who": TEXT,
        "search_where": TEXT,
        "search_when": day("none"),
        "not_applicable_reason": TEXT,
        "note": TEXT,
        "recorded_at": moment(),
        "last_confirmed_at": moment(),
    }
)
_PAST: Schema = _SAID | {
    "kind": codes(RevisionKind),
    "corrects": uid("none"),
    "corrected_at": moment("none"),
    "withdrawn_at": moment("none"),
    "withdrawal_reason": TEXT,
}
_FRAMEWORK: Schema = {
    "framework": TEXT,
    "framework_version": TEXT,
    "title": TEXT,
    "publisher": TEXT,
    "year": {"type": "integer"},
    "kind": TEXT,
}
_CROSSWALK: Schema = {
    "crosswalk": TEXT,
    "crosswalk_version": TEXT,
    "title": TEXT,
    "state": codes(["draft", "published", "superseded"]),
    "source": TEXT,
    "source_title": TEXT,
    "target": TEXT,
    "target_title": TEXT,
    "licence": TEXT,
    "comment": TEXT,
    "mappings": COUNT,
    "reviewed": COUNT,
}
_INSTRUMENT: Schema = (
    {"instrument": uid(), "key": TEXT}
    | _PLACE
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
        _axes() | inferred | {"contested": BOOL, "domain": codes(Domain), "basis": codes(Basis, "none")}
    )
    known |= {"scope": codes(Scope, "none"), "valid_from": day("unknown|none"), "valid_to": day("open|none")}
    known |= {"recorded_at": moment("none"), "cell_url": URL}
    return thing(**{name: known.get(name, TEXT) for name in COLUMNS})


_STATED = thing(principle=codes(Principle), locator=TEXT, how=TEXT, payment=codes(Payment, "none"))


def _content(*, written: bool) -> Schema:
    """What an entry says. Sent, all but the levels may be left out: then it says nothing of them."""
    known: Schema = {axis.value: codes(VALUE_CODES) for axis in Axis}
    known |= {"kind": codes(RevisionKind), "basis": codes(Basis, "none"), "scope": codes(Scope, "none")}
    known |= {n: day(MISSING.get(n, NONE)[0]) for n in ("valid_from", "valid_to", "search_when")}
    members = {name: known.get(name, TEXT) for name in FIELDS}
    cited = {"axis": codes(CitationAxis)} | {n: TEXT for n in CITATION_FIELDS if n != "axis"}
    stated = _STATED | ({"required": ["principle", "locator"]} if written else {})
    citation = thing(instrument=uid(), **cited, principles=many(stated) | {"maxItems": len(Principle)})
    if written:
        citation["properties"] |= {"new_instrument": ref("NewInstrument")}
        citation["required"] = ["axis"]
        citation["oneOf"] = [{"required": ["instrument"]}, {"required": ["new_instrument"]}]
    whole = thing(**members, citations=many(citation) | {"maxItems": MOST_CITATIONS})
    if written:
        whole["required"] = [axis.value for axis in Axis]
    return whole


def _new_instrument() -> Schema:
    days = {n: day(MISSING[n][0]) for n in ("adopted_on", "in_force_on", "in_force_until")}
    known = days | {"kind": codes(InstrumentKind)}
    whole = thing(**{n: known.get(n, TEXT) for n in INSTRUMENT_FIELDS if n != "note"})
    whole["required"] = ["kind", "title"]
    return whole


_CELL_OF_DRAFT = thing(
    organisation=TEXT,
    jurisdiction=TEXT,
    framework=TEXT,
    framework_version=TEXT,
    item=TEXT,
    domain=codes(Domain),
)
_DRAFT: Schema = {
    "cell": _CELL_OF_DRAFT,
    "draft": uid(),
    "version": COUNT,
    "state": codes(DraftState),
    "return_reason": TEXT,
    "updated_at": moment(),
    "content": ref("Content"),
}
_PROBLEM: Schema = {
    "type": "object",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "errors": many(thing(field=TEXT, message=TEXT, where=TEXT) | {"required": ["field", "message"]}),
        "faults": COUNT | {"description": "How many there are, where “errors” does not name all"},
        "theirs": {"description": "What is stored now, or none"},
        "yours": {"description": "What was sent"},
    },
    "required": ["type", "title", "status", "detail"],
}

SCHEMAS: dict[str, Schema] = {
    "Problem": _PROBLEM,
    "Links": thing(self=URL, next=URL) | {"required": ["self"]},
    "Jurisdiction": thing(
        **_PLACE,
        kind=codes(JurisdictionKind),
        parent=TEXT,
        region=TEXT,
        subregion=TEXT,
        un_member=BOOL,
        income_group=TEXT,
        fictional=BOOL,
        cells=COUNT,
        url=URL,
    ),
    "JurisdictionList": listing("Jurisdiction"),
    "FrameworkLine": thing(**_FRAMEWORK, items=COUNT),
    "FrameworkList": listing("FrameworkLine"),
    "Framework": thing(
        **_FRAMEWORK,
        applies_by_domain=BOOL,
        domains=many(codes(Domain)),
        licence=TEXT,
        verbatim_allowed=TEXT,
        url=URL,
        note=TEXT,
        left_to_import=TEXT,
        ratings=many(thing(code=TEXT, label=TEXT, definition=TEXT)),
        items=many(ref("Item")),
        files=thing(**dict.fromkeys(framework_files.EXPORTS, URL)),
    ),
    "Item": thing(
        item=TEXT,
        parent=TEXT,
        depth=COUNT,
        number=TEXT,
        kind=TEXT,
        title=TEXT,
        short_label=TEXT,
        theme=TEXT,
        wording=TEXT,
        provenance=TEXT,
        url=URL,
        domains=many(codes(Domain)),
        bindingness=TEXT,
        rating=TEXT,
    ),
    "Organisation": thing(
        organisation=TEXT,
        organisation_name=TEXT,
        kind=codes(OrganisationKind),
        website=URL,
        contact=TEXT,
        fictional=BOOL,
        revisions=COUNT,
        mandates=many(
            thing(jurisdiction=TEXT, kind=codes(MandateKind), valid_from=day(), valid_to=day("open"))
        ),
    ),
    "OrganisationList": listing("Organisation"),
    "CrosswalkLine": thing(**_CROSSWALK),
    "CrosswalkList": listing("CrosswalkLine"),
    "Crosswalk": thing(
        **_CROSSWALK, mappings_list=many(ref("Mapping")), files=thing(**dict.fromkeys(FORMATS, URL))
    ),
    "Mapping": thing(
        relation=codes(Relation),
        sources=many(TEXT),
        targets=many(TEXT),
        domains=many(codes(Domain)),
        rationale=TEXT,
        confidence={"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"const": "unknown"}]},
        reviewed=BOOL,
    ),
    "Correction": thing(
        **_CELL,
        number={"type": "integer", "minimum": 1},
        uid=uid(),
        organisation_name=TEXT,
        state=codes(ReportState),
        received_at=moment(),
        text=TEXT,
        evidence_url=URL,
        answer=TEXT,
        closed_at=moment("none"),
    ),
    "CorrectionList": listing("Correction"),
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
        principles=many(_STATED),
    ),
    "Entry": thing(
        **_CELL, item_title=TEXT, contested=BOOL, cell_url=URL, **_SAID, citations=many(ref("Citation"))
    ),
    "EntryList": listing("Entry", on=day(), as_of=moment(), source=codes(Source)),
    "PastRevision": thing(**_PAST),
    "Revision": thing(
        **_CELL,
        cell_url=URL,
        **_PAST,
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
        cited_by=many(
            thing(
                uid=uid(),
                jurisdiction=TEXT,
                **_ITEM,
                domain=codes(Domain),
                organisation_name=TEXT,
                commitment=codes(VALUE_CODES),
                practice=codes(VALUE_CODES),
                axis=codes(CitationAxis),
                locator=TEXT,
                recorded_at=moment(),
                withdrawn=BOOL,
                holds=BOOL,
            )
        ),
        cited_by_more=BOOL,
    ),
    "Draft": thing(**_DRAFT),
    "DraftLine": thing(**_DRAFT, etag=TEXT),
    "DraftList": listing("DraftLine"),
    "Content": _content(written=False),
    "ContentSent": _content(written=True),
    "NewInstrument": _new_instrument(),
    "FrameworkImport": thing(
        dry_run=BOOL,
        framework=TEXT,
        framework_version=TEXT,
        new_version=BOOL,
        added=many(TEXT),
        changed=many(thing(item=TEXT, fields=many(TEXT))),
        changed_head=many(TEXT),
        same=COUNT,
        notes=many(TEXT),
    ),
    "CrosswalkImport": thing(dry_run=BOOL, sets=many(ref("ImportedSet")), notes=many(TEXT)),
    "ImportedSet": thing(
        crosswalk=TEXT,
        crosswalk_version=TEXT,
        title=TEXT,
        source=TEXT,
        target=TEXT,
        begun=codes(("new", "copy", "none")),
        added=COUNT,
        changed=COUNT,
        removed=COUNT,
        same=COUNT,
        reviews_left=COUNT,
    ),
}
