"""Jurisdictions, organisations, frameworks, crosswalks and reports of mistakes."""

from tracker.api.schemas.parts import (
    BOOL,
    CELL,
    COUNT,
    PLACE,
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
from tracker.corrections.models import ReportState
from tracker.crosswalk_files.formats import FORMATS
from tracker.frameworks import files as framework_files
from tracker.frameworks.diff import Change
from tracker.kit.vocabulary import (
    Domain,
    JurisdictionKind,
    MandateKind,
    OrganisationKind,
    Relation,
)

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
    "no_counterparts": COUNT,
    "no_counterparts_reviewed": COUNT,
    "published_by": TEXT,
    "published_at": moment("none"),
    "superseded_at": moment("none"),
}
_CHECKED: Schema = {
    "rationale": TEXT,
    "citation": TEXT,
    "justification": TEXT,
    "author": TEXT,
    "authored_on": day(),
    "reviewed": BOOL,
    "reviewer": TEXT,
    "reviewed_on": day("none"),
}


def _measure(kind: str, most: int) -> Schema:
    return {"anyOf": [{"type": kind, "minimum": 0, "maximum": most}, {"const": "unknown"}]}


SCHEMAS: dict[str, Schema] = {
    "Jurisdiction": thing(
        **PLACE,
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
    "FrameworkChange": thing(
        changes=many(codes(Change)),
        old_item=TEXT,
        old_title=TEXT,
        new_item=TEXT,
        new_title=TEXT,
        fields=many(TEXT),
        told=BOOL | {"description": "Whether somebody stated that the new item continues the old one"},
    ),
    "FrameworkChangeList": listing("FrameworkChange", framework=TEXT, from_version=TEXT, to_version=TEXT),
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
        **_CROSSWALK,
        mappings_list=many(ref("Mapping")),
        no_counterparts_list=many(ref("NoCounterpart")),
        files=thing(**dict.fromkeys(FORMATS, URL)),
    ),
    "Mapping": thing(
        relation=codes(Relation),
        sources=many(TEXT),
        targets=many(TEXT),
        domains=many(codes(Domain)),
        confidence=_measure("number", 1),
        strength=_measure("integer", 10),
        **_CHECKED,
    ),
    "NoCounterpart": thing(side=codes(("source", "target")), item=TEXT, **_CHECKED),
    "Correction": thing(
        **CELL,
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
}
