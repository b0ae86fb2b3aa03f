"""What the files of a release hold: resources, fields, and the codes that a field may have. The codebook says the same."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tracker.compare import files
from tracker.instruments import reading
from tracker.kit.vocabulary import (
    LEVEL_CODES,
    MISSING_CODES,
    PRACTITIONER_DOMAINS,
    Axis,
    Basis,
    CitationAxis,
    Domain,
    InstrumentKind,
    InstrumentState,
    Scope,
)

VALUES = (*LEVEL_CODES, *MISSING_CODES)
DAY = r"\d{4}-\d{2}-\d{2}"
MOMENT = DAY + r"T\d{2}:\d{2}:\d{2}Z"


@dataclass(frozen=True, slots=True)
class Field:
    """A column. `codes`: all that it may hold; `pattern`: what a whole cell of another kind looks like.

    `text`: what people wrote stands in it, so a redaction may change it. `group`: of the vocabulary's words.
    """

    name: str
    about: str
    codes: tuple[str, ...] = ()
    pattern: str = ""
    kind: str = "string"
    text: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Columns whose values are those of another resource."""

    fields: tuple[str, ...]
    resource: str
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """A table of a release. `key`: the columns that name a row; no two rows have the same."""

    name: str
    path: str
    title: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    links: tuple[Link, ...] = ()
    delimiter: str = ","
    blanks: bool = False

    @property
    def columns(self) -> list[str]:
        return [f.name for f in self.fields]

    def places(self, names: Iterable[str]) -> list[int]:
        columns = self.columns
        return [columns.index(name) for name in names]


def _codes(group: str, codes: Iterable[str], *more: str) -> tuple[str, tuple[str, ...]]:
    return group, (*(str(c) for c in codes), *more)


# What the columns hold that have codes: the group of their words, and the codes.
_CODED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "domain": _codes("domain", [d.value for d in Domain]),
    "commitment": ("commitment", VALUES),
    "practice": ("practice", VALUES),
    "commitment_missing_reason": _codes("missing", MISSING_CODES, "none"),
    "practice_missing_reason": _codes("missing", MISSING_CODES, "none"),
    "commitment_verification": ("", ("V0", "V1", "V2", "V3", "none")),
    "practice_verification": ("", ("V0", "V1", "V2", "V3", "none")),
    "basis": _codes("basis", [b.value for b in Basis], "none"),
    "scope": _codes("scope", [s.value for s in Scope], "none"),
    "axis": _codes("", [a.value for a in CitationAxis]),
    "kind": _codes("instrument", [k.value for k in InstrumentKind]),
    "state": _codes("in_force", [s.value for s in InstrumentState]),
}
_ABOUT = {
    "jurisdiction": "Code: ISO 3166-1 alpha-3, ISO 3166-2, or a code of its own below one of these",
    "jurisdiction_name": "English name; (fictional) is added to fictional ones",
    "framework": "Key of the framework",
    "framework_version": "Version of the framework",
    "item": "Key of the item",
    "item_title": "Text of the item",
    "domain": "Whom the item is read for; all where its framework does not apply by domain",
    "commitment": "Level on paper, 0 to 4, or a code that says why there is none",
    "practice": "Level in practice, 0 to 4, or a code that says why there is none",
    "commitment_missing_reason": "Why there is no level on paper; none where there is one",
    "practice_missing_reason": "Why there is no level in practice; none where there is one",
    "commitment_claimed": "Whether the level on paper lacks its least evidence",
    "practice_claimed": "Whether the level in practice lacks its least evidence",
    "commitment_verification": "How far the level on paper is verified; none where there is no level",
    "practice_verification": "How far the level in practice is verified; none where there is no level",
    "basis": "Whether the instrument names the competencies, or does the same without naming them",
    "scope": "Whether it holds for everybody the item is meant for",
    "contested": "Whether voices are two levels apart, or a disagreement is open; of the cell",
    "valid_from": "First day on which it is in force; unknown; none where nobody has spoken",
    "valid_to": "Last day on which it is in force; open; none where nobody has spoken",
    "recorded_at": "When it was published, in UTC",
    "organisation": "Key of the organisation that speaks; none where nobody has",
    "sources": "The passages that it rests on, separated by a bar",
    "cell_url": "The cell's own page",
    "revision": "Identifier of the published revision",
    "position": "Number of the citation in its revision",
    "axis": "The axis that the passage supports",
    "instrument": "Key or identifier of the instrument",
    "locator": "Article, section or page",
    "quote": "The words of the passage",
    "quote_language": "Language of the quote (BCP 47)",
    "translation": "Translation of the quote into English",
    "principles": "Codes of the principles that the passage speaks of, separated by spaces",
    "withdrawn_at": "When it was withdrawn, in UTC",
    "reason": "Why it was withdrawn",
}
_PATTERNS = {
    "valid_from": f"{DAY}|unknown|none",
    "valid_to": f"{DAY}|open|none",
    "recorded_at": f"{MOMENT}|none",
    "withdrawn_at": MOMENT,
    "adopted_on": f"{DAY}|unknown",
    "in_force_on": f"{DAY}|unknown",
    "in_force_until": f"{DAY}|open",
    "repealed_on": f"{DAY}|unknown|none",
    "amended_on": f"{DAY}|unknown|none",
}
_TRUTHS = {"commitment_claimed", "practice_claimed", "contested"}
_NUMBERS = {"position", "cells", "year"}
# "" is no text: written by the people who publish entries. Names and codes of reference data are not.
_TEXTS = {
    "sources", "locator", "quote", "translation", "reason", "title", "title_original", "issuer", "citation",
    "url", "archived_url", "repealed_by", "amended_by",
}  # fmt: skip


def _fields(
    names: Iterable[str], about: Mapping[str, str] | None = None, *, texts: Collection[str] = _TEXTS
) -> tuple[Field, ...]:
    found = []
    for name in names:
        group, codes = _CODED.get(name, ("", ()))
        kind = "boolean" if name in _TRUTHS else "integer" if name in _NUMBERS else "string"
        words = (about or {}).get(name) or _ABOUT.get(name) or name.replace("_", " ").capitalize()
        found.append(
            Field(
                name,
                words,
                codes,
                _PATTERNS.get(name, ""),
                kind,
                name in texts,
                group if codes else "",
            )
        )
    return tuple(found)


_ITEM = Link(
    ("framework", "framework_version", "item"), "frameworks", ("framework", "framework_version", "item")
)
CELL = ("jurisdiction", "framework", "framework_version", "item", "domain")
ADOPTION = Resource(
    "adoption",
    "adoption.csv",
    "Every voice of every cell",
    _fields(files.COLUMNS),
    (*CELL, "organisation"),
    (_ITEM,),
)
_WIDE_DOMAINS = (*PRACTITIONER_DOMAINS, Domain.ALL)
_WIDE_HEAD = ("jurisdiction", "jurisdiction_name", "framework", "framework_version", "item", "item_title")
WIDE = Resource(
    "adoption-wide",
    "adoption-wide.csv",
    "The best verified voice of every cell, a row for each jurisdiction and item, for spreadsheets",
    (
        *_fields(_WIDE_HEAD),
        *(
            Field(
                f"{domain.value}_{axis.value}",
                f"{_ABOUT[axis.value]}; domain {domain.value}; none where the item has no such domain",
                (*VALUES, "none"),
                group=axis.value,
            )
            for domain in _WIDE_DOMAINS
            for axis in Axis
        ),
    ),
    ("jurisdiction", "framework", "framework_version", "item"),
    (_ITEM,),
)
INSTRUMENTS = Resource(
    "instruments",
    "instruments.csv",
    "The register of instruments",
    _fields(
        reading.COLUMNS,
        {
            "organisation": "Name of the organisation that brought it into the register; none for reference data"
        },
    ),
    ("instrument",),
)
CITATIONS = Resource(
    "citations",
    "citations.csv",
    "The passages that the voices of adoption.csv rest on",
    _fields(
        [
            "revision", "position", *CELL, "organisation", "axis", "instrument", "locator", "quote", "quote_language",
            "translation", "principles", "recorded_at", "cell_url",
        ]
    ),
    ("revision", "position"),
    (_ITEM, Link(("instrument",), "instruments", ("instrument",))),
)  # fmt: skip
TOMBSTONES = Resource(
    "tombstones",
    "tombstones.csv",
    "Revisions that were withdrawn",
    _fields(["revision", *CELL, "organisation", "recorded_at", "withdrawn_at", "reason", "cell_url"]),
    ("revision",),
    (_ITEM,),
)
FRAMEWORKS = Resource(
    "frameworks",
    "frameworks.csv",
    "Frameworks and their items",
    _fields(
        [
            "framework", "framework_version", "framework_title", "publisher", "year", "licence", "verbatim_allowed",
            "item", "parent", "item_kind", "source_number", "item_title", "short_label", "domains", "bindingness",
            "wording", "provenance", "source_url",
        ],
        {
            "licence": "Terms of the framework's wording, as its publisher states them",
            "parent": "Key of the item above it; none at the top",
            "domains": "Domains that it applies to, separated by spaces",
            "wording": "title: as published; paraphrase: our own words; verbatim: the source's own words",
            "provenance": "verified: seen at the publisher's; secondary: seen in another's copy",
        },
        texts=(),
    ),
    ("framework", "framework_version", "item"),
)  # fmt: skip
CROSSWALKS = Resource(
    "crosswalks",
    "crosswalks.sssom.tsv",
    "The mappings of the published crosswalks (SSSOM)",
    _fields(
        [
            "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification",
            "subject_source", "subject_source_version", "object_source", "object_source_version", "author_label",
            "reviewer_label", "mapping_date", "review_date", "confidence", "comment", "mapping_source", "relation",
            "mapping_group", "domains", "strength", "citation",
        ],
        texts=("comment", "citation", "author_label", "reviewer_label"),
    ),
    (),
    delimiter="\t",
    blanks=True,
)  # fmt: skip
CODEBOOK = Resource(
    "codebook",
    "codebook.csv",
    "Every column of these files, and every code that it may hold",
    (
        Field("resource", "Name of the file's resource"),
        Field("field", "Name of the column"),
        Field("code", "A code that it may hold; * on the row of the column itself"),
        Field("type", "string, integer, boolean or code"),
        Field("description", "What it means"),
    ),
    ("resource", "field", "code"),
)
TABLES = (ADOPTION, WIDE, INSTRUMENTS, CITATIONS, FRAMEWORKS, CROSSWALKS, TOMBSTONES, CODEBOOK)
# The wide table once more; each with its title.
BINARIES = {
    "adoption-wide.xlsx": "The wide table as a workbook",
    "adoption-wide.parquet": "The wide table as Parquet",
}
