"""Drafts, imports, and refusals: what is sent with a token, and how it is answered."""

from tracker.api.bodies import MISSING
from tracker.api.schemas.parts import (
    BOOL,
    COUNT,
    STATED,
    TEXT,
    URL,
    Schema,
    codes,
    day,
    listing,
    many,
    moment,
    ref,
    thing,
    uid,
)
from tracker.entries.content import CITATION_FIELDS, FIELDS, INSTRUMENT_FIELDS
from tracker.entries.forms import MOST_CITATIONS
from tracker.kit.vocabulary import (
    VALUE_CODES,
    Axis,
    Basis,
    CitationAxis,
    Domain,
    DraftState,
    InstrumentKind,
    Principle,
    RevisionKind,
    Scope,
)

NONE = ("none",)


def _content(*, written: bool) -> Schema:
    """What an entry says. Sent, all but the levels may be left out: then it says nothing of them."""
    known: Schema = {axis.value: codes(VALUE_CODES) for axis in Axis}
    known |= {"kind": codes(RevisionKind), "basis": codes(Basis, "none"), "scope": codes(Scope, "none")}
    known |= {n: day(MISSING.get(n, NONE)[0]) for n in ("valid_from", "valid_to", "search_when")}
    members = {name: known.get(name, TEXT) for name in FIELDS}
    cited = {"axis": codes(CitationAxis)} | {n: TEXT for n in CITATION_FIELDS if n != "axis"}
    stated = STATED | ({"required": ["principle", "locator"]} if written else {})
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
