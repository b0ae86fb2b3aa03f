"""A comparison as long CSV: one row per jurisdiction, item and domain (and organisation under source=all)."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import quote

from tracker.compare.comparison import ComparedCell, Comparison
from tracker.entries.standing import Standing
from tracker.kit.vocabulary import Axis

COLUMNS = [
    "jurisdiction",
    "jurisdiction_name",
    "framework",
    "framework_version",
    "item",
    "item_title",
    "domain",
    "commitment",
    "commitment_missing_reason",
    "commitment_claimed",
    "commitment_verification",
    "practice",
    "practice_missing_reason",
    "practice_claimed",
    "practice_verification",
    "basis",
    "scope",
    "contested",
    "valid_from",
    "valid_to",
    "recorded_at",
    "organisation",
    "sources",
    "cell_url",
]


# Stands for what lines that are kept leave open: where the service is, and in which language. No text has it.
UNIT = "\x1f"


def long_csv(comparison: Comparison, base_url: str, locale: str = "en") -> str:
    """The canonical CSV, with a header and "\\r\\n" line ends. No cell is blank: see docs/codebook.md."""
    return header() + _text(long_rows(comparison, base_url, locale))


def header() -> str:
    """The first line of a long CSV."""
    return _text([COLUMNS])


def open_lines(comparison: Comparison) -> str:
    """The lines of the long CSV without its header, to keep: `closed` makes them whole."""
    return _text(_rows(comparison, UNIT))


def closed(lines: str, base_url: str, locale: str) -> str:
    return lines.replace(UNIT, f"{base_url}/{locale}")


def _text(rows: Iterable[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def long_rows(comparison: Comparison, base_url: str, locale: str = "en") -> Iterator[list[str]]:
    """The rows of every long file, in the order of COLUMNS, as text."""
    return _rows(comparison, f"{base_url}/{locale}")


def _rows(comparison: Comparison, root: str) -> Iterator[list[str]]:
    moment = comparison.query.moment
    for cell in comparison.rows():
        head = [
            cell.place.code,
            _plain(cell.place.name) + (" (fictional)" if cell.place.fictional else ""),
            comparison.framework.key,
            comparison.framework.version,
            cell.item.key,
            _plain(cell.item.text),
            cell.domain.value,
        ]
        url = root + _below_locale(comparison, cell) + moment
        for voice in cell.voices or (None,):
            yield [
                *head,
                *_axis(voice, Axis.COMMITMENT),
                *_axis(voice, Axis.PRACTICE),
                *_rest(cell, voice),
                url,
            ]


def cell_path(comparison: Comparison, cell: ComparedCell, locale: str) -> str:
    """The path of the cell's own page."""
    return f"/{locale}" + _below_locale(comparison, cell)


def cell_link(comparison: Comparison, cell: ComparedCell, locale: str) -> str:
    """The same with the moment that the comparison was asked for, for a page that leads from it to the cell."""
    return cell_path(comparison, cell, locale) + comparison.query.moment


def _below_locale(comparison: Comparison, cell: ComparedCell) -> str:
    parts = (cell.place.code, comparison.framework.name, cell.item.key, cell.domain.value)
    return "/jurisdictions/" + "/".join(_quoted(part) for part in parts)


@lru_cache(maxsize=20_000)
def _quoted(part: str) -> str:
    """A part of a path; few are ever different, and a file repeats them for every cell."""
    return quote(part, safe="@.-")


def _plain(text: str) -> str:
    return text.replace(UNIT, " ")


def _axis(voice: Standing | None, axis: Axis) -> list[str]:
    if voice is None:
        return ["not_assessed", "not_assessed", "false", "none"]
    code = voice.on(axis)
    reason = "none" if code.is_level else code.code
    return [code.code, reason, _truth(voice.claimed(axis)), voice.verification(axis)]


def _rest(cell: ComparedCell, voice: Standing | None) -> list[str]:
    contested = _truth(cell.contested)
    if voice is None:
        return ["none", "none", contested, "none", "none", "none", "none", "none"]
    return [
        voice.basis or "none",
        voice.scope or "none",
        contested,
        _day(voice.valid_from, "unknown"),
        _day(voice.valid_to, "open"),
        moment_text(voice.recorded_at),
        voice.organisation_key,
        _plain(sources_text(voice)) or "none",
    ]


def sources_text(voice: Standing) -> str:
    """The sources of a revision in one line: each passage with its link, the owner, the search note of a level 0."""
    lines = [e.reference + (f" <{e.url}>" if e.url else "") for e in voice.evidence]
    if voice.owner:
        lines.append(f"Owner named: {voice.owner}")
    if voice.search_who and voice.search_where and voice.search_when:
        lines.append(
            f"Search by {voice.search_who} in {voice.search_where} on {voice.search_when.isoformat()}"
        )
    return " | ".join(lines)


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _day(value: date | None, absent: str) -> str:
    return value.isoformat() if value else absent


def moment_text(value: datetime) -> str:
    """A moment of the record in files: UTC, to the second."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")
