"""The operations of the API, each told once: the OpenAPI document and the page of the API are drawn from here."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from litestar.handlers import HTTPRouteHandler

from tracker.access.guard import Access
from tracker.access.tokens import Scope
from tracker.api import (
    criteria_views,
    crosswalk_views,
    draft_views,
    entry_views,
    framework_views,
    import_views,
    published_views,
    search_views,
    views,
)
from tracker.api.deprecation import Deprecated
from tracker.api.import_views import TRUTHS
from tracker.api.paging import LIMIT, MOST
from tracker.compare.query import DEFAULT_FRAMEWORK, SHOW
from tracker.crosswalk_files import formats
from tracker.frameworks import files
from tracker.kit.vocabulary import (
    Axis,
    Basis,
    Domain,
    InstrumentKind,
    InstrumentState,
    JurisdictionKind,
    Principle,
    Source,
)
from tracker.packed import views as packed_views
from tracker.search.full_text import KINDS

EXAMPLES = Path(__file__).with_name("examples.json")
# The base URL that the file of examples was written at.
WRITTEN_AT = "http://127.0.0.1:8000"
_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """`example`: one that means something in the demo world; `allowed`: the codes it takes, () for any text."""

    name: str
    where: str
    words: str
    example: str
    allowed: tuple[str, ...] = ()
    kind: str = "string"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """`schema`: of the answer, "" for none; `takes`: of the body; `files`: the media types of a body that is a file;
    `statuses`: of answers that did what was asked."""

    handler: HTTPRouteHandler
    group: str
    schema: str
    parameters: tuple[str, ...] = ()
    takes: str = ""
    files: tuple[str, ...] = ()
    statuses: tuple[int, ...] = (200,)

    @property
    def name(self) -> str:
        return str(self.handler.name).removeprefix("api_")

    @property
    def method(self) -> str:
        return sorted(self.handler.http_methods)[0]

    @property
    def path(self) -> str:
        return _PARAMETER.sub(r"{\1}", next(iter(self.handler.paths)))

    @property
    def summary(self) -> str:
        return (self.handler.fn.__doc__ or "").strip().partition("\n")[0]

    @property
    def scope(self) -> Scope | None:
        access: Access = self.handler.opt["access"]
        return access.scope

    @property
    def deprecated(self) -> Deprecated | None:
        told = self.handler.opt.get("ending")
        return told if isinstance(told, Deprecated) else None

    def told_parameters(self) -> Iterator[Parameter]:
        for name, kind in _PARAMETER.findall(next(iter(self.handler.paths))):
            words, example = PATHS[name] if name in PATHS else _NAMES[self.group]
            yield Parameter(name, "path", words, example, kind=kind)
        for name in self.parameters:
            yield PARAMETERS[name]


PATHS = {
    "code": ("The code of a jurisdiction.", "XAA"),
    "uid": ("The identifier of a published revision.", "00000000-0000-4000-8000-000000000000"),
    "snapshot": ("The identifier of a snapshot.", "ABCDEFGHIJ"),
    "briefing": ("The identifier of a briefing.", "ABCDEFGHIJ"),
    "edition": ("The number of an edition.", "1"),
    "instrument_id": ("The identifier of an instrument.", "00000000-0000-4000-8000-000000000000"),
    "organisation": ("The key of the organisation that the token is of.", "health-xaa"),
    "framework": ("A framework: its key, or key@version.", DEFAULT_FRAMEWORK),
    "item": ("The key of an item.", "HTCC-UC"),
    "domain": ("A domain that the item applies to.", "educator"),
}
# What a path's `key` or `number` is of, by group.
_NAMES = {
    "Open data": ("The number of a release.", "1"),
    "Reports of mistakes": ("The number of a report.", "1"),
    "Frameworks": ("The key of a framework, or key@version.", DEFAULT_FRAMEWORK),
    "Framework versions": ("The key of a framework, without a version.", DEFAULT_FRAMEWORK),
    "Organisations": ("The key of an organisation.", "health-xaa"),
    "Crosswalks": (
        "The key of a crosswalk, or key@version.",
        "hhs-core-competencies--delta87-justice",
    ),
}


def _query(name: str, words: str, example: str, allowed: Any = (), kind: str = "string") -> Parameter:
    return Parameter(name, "query", words, example, tuple(str(a) for a in allowed), kind)


PARAMETERS = {
    p.name: p
    for p in (
        _query(
            "limit", f"How many elements a page has: 1 to {MOST}, {LIMIT} if left out.", "20", kind="integer"
        ),
        _query("cursor", "Where a page begins: taken from the link “next” of the page before.", ""),
        _query("jurisdictions", "Codes of jurisdictions, separated by commas.", "XAA,XAB"),
        _query("framework", "A framework: its key, or key@version.", DEFAULT_FRAMEWORK),
        _query("items", "Keys of items, separated by commas.", "HTCC-UC"),
        _query("domains", f"Domains, separated by commas: {', '.join(Domain)}.", "educator"),
        _query("axis", "Which scales “show” looks at.", "both", (*Axis, "both")),
        _query("basis", "Only entries with this basis.", "equivalent", Basis),
        _query("on", "In force on this day.", "2026-01-01"),
        _query("as_of", "As published by this day, or moment.", "2026-01-01"),
        _query("source", "Whose voice is read; “all” gives every one.", "all", Source),
        _query("show", "Which columns are told.", "all", SHOW),
        _query("through", "A crosswalk: rows then tell what follows for its target, and are inferred.", ""),
        _query("principle", "Only where a cited instrument says this.", "trauma_informed", Principle),
        _query("kind", "Of this kind only.", "country", JurisdictionKind),
        _query("parent", "Directly below the jurisdiction with this code.", "USA"),
        _query("region", "In this region.", "Africa"),
        _query("q", "Words to look for.", "training"),
        _query("data", "“yes”: only those that anybody has published on.", "yes", ("yes",)),
        _query("state", "Instruments in this state on the day “on”.", "in_force", InstrumentState),
    )
}
PARAMETERS["words"] = replace(
    _query("q", "Words that all have to be there, or how they begin.", "training"), required=True
)
PARAMETERS["found_kind"] = _query("kind", "Of this kind only.", "instrument", KINDS)
PARAMETERS["matrix_axis"] = _query("axis", "Which scales the arrays tell.", "both", (*Axis, "both"))
PARAMETERS |= {
    "framework_format": _query(
        "format", "Of the file, if its media type does not say.", "csv", files.IMPORTS
    ),
    "crosswalk_format": _query(
        "format", "Of the file, if its media type does not say.", "csv", formats.FORMATS
    ),
    "dry_run": _query("dry_run", "“true”: say what would be done, and do nothing.", "true", TRUTHS),
    "as_version": _query("as_version", "Take the file in as this version, whatever version it states.", "2"),
    "licence": _query("licence", "Of the framework, for a file that states none.", "CC-BY-4.0"),
    "crosswalk_key": _query("key", "Take the file in under this key, whatever key it states.", ""),
    "crosswalk_version": _query(
        "version", "Take the file in as this version, whatever version it states.", ""
    ),
}
PARAMETERS["from_version"] = _query(
    "from", "The older version; the one before the newer, if left out.", "2021"
)
PARAMETERS["to_version"] = _query("to", "The newer version; the newest, if left out.", "2024")
PARAMETERS["instrument_kind"] = _query("kind", "Of this kind only.", "statute", InstrumentKind)

_PAGE = ("limit", "cursor")
_CHOICE = ("jurisdictions", "framework", "items", "domains", "basis", "on", "as_of", "source")
OPERATIONS: tuple[Operation, ...] = (
    Operation(
        views.compare_rows, "Comparisons", "Comparison", (*_CHOICE, "principle", "axis", "show", "through")
    ),
    Operation(packed_views.matrix, "Comparisons", "Matrix", (*_CHOICE, "matrix_axis")),
    Operation(entry_views.entries_list, "Entries", "EntryList", (*_CHOICE, "principle", *_PAGE)),
    Operation(entry_views.entry, "Entries", "Revision", ("as_of",)),
    Operation(
        views.jurisdictions_list,
        "Jurisdictions",
        "JurisdictionList",
        ("kind", "parent", "region", "q", "data", *_PAGE),
    ),
    Operation(views.jurisdiction, "Jurisdictions", "Jurisdiction"),
    Operation(criteria_views.criteria_list, "Jurisdictions", "OwnCriterionList", ("as_of", *_PAGE)),
    Operation(
        criteria_views.own_criteria_list,
        "Jurisdictions",
        "OwnCriterionList",
        ("jurisdictions", "as_of", *_PAGE),
    ),
    Operation(
        entry_views.register,
        "Instruments",
        "InstrumentList",
        ("jurisdictions", "instrument_kind", "state", "q", "on", "as_of", *_PAGE),
    ),
    Operation(
        entry_views.instruments_list,
        "Instruments",
        "InstrumentList",
        ("instrument_kind", "state", "q", "on", "as_of", *_PAGE),
    ),
    Operation(entry_views.instrument, "Instruments", "Instrument", ("on", "as_of")),
    Operation(entry_views.citations_list, "Instruments", "InstrumentCitationList", ("on", "as_of", *_PAGE)),
    Operation(views.frameworks_list, "Frameworks", "FrameworkList", _PAGE),
    Operation(views.framework, "Frameworks", "Framework"),
    Operation(
        framework_views.framework_changes,
        "Framework versions",
        "FrameworkChangeList",
        ("from_version", "to_version", *_PAGE),
    ),
    Operation(crosswalk_views.crosswalks_list, "Crosswalks", "CrosswalkList", _PAGE),
    Operation(crosswalk_views.crosswalk, "Crosswalks", "Crosswalk"),
    Operation(views.organisations_list, "Organisations", "OrganisationList", _PAGE),
    Operation(views.organisation, "Organisations", "Organisation"),
    Operation(views.corrections_list, "Reports of mistakes", "CorrectionList", _PAGE),
    Operation(views.correction, "Reports of mistakes", "Correction"),
    Operation(search_views.search, "Search", "FoundList", ("words", "found_kind", *_PAGE)),
    Operation(published_views.briefings_list, "Briefings", "BriefingList", _PAGE),
    Operation(published_views.briefing, "Briefings", "Briefing"),
    Operation(published_views.snapshots_list, "Snapshots", "SnapshotList", _PAGE),
    Operation(published_views.snapshot, "Snapshots", "Snapshot"),
    Operation(published_views.releases_list, "Open data", "ReleaseList", _PAGE),
    Operation(published_views.release, "Open data", "Release"),
    Operation(draft_views.drafts, "Drafts", "DraftList", _PAGE),
    Operation(draft_views.draft, "Drafts", "Draft"),
    Operation(draft_views.put_draft, "Drafts", "Draft", takes="ContentSent", statuses=(200, 201)),
    Operation(draft_views.submit_draft, "Drafts", "Draft", statuses=(200, 204)),
    Operation(draft_views.delete_draft, "Drafts", "", statuses=(204,)),
    Operation(
        import_views.import_framework,
        "Imports",
        "FrameworkImport",
        ("framework_format", "as_version", "licence", "dry_run"),
        files=import_views.types_of(files.IMPORTS),
    ),
    Operation(
        import_views.import_crosswalk,
        "Imports",
        "CrosswalkImport",
        ("crosswalk_format", "crosswalk_key", "crosswalk_version", "dry_run"),
        files=import_views.types_of(formats.FORMATS),
    ),
)


def examples(base_url: str = WRITTEN_AT) -> dict[str, dict[str, Any]]:
    """By operation: `request` (its path with the query), `body` where one is sent, and `answer`.

    `base_url`: of the service that shows them, so that their addresses are as in its answers.

    Taken from the demo world; lists are cut to two elements, and what differs from one loading to the next
    (identifiers, moments) is replaced. A test compares them with real answers.
    """
    found: dict[str, dict[str, Any]] = json.loads(
        EXAMPLES.read_text(encoding="utf-8").replace(WRITTEN_AT, base_url)
    )
    return found
