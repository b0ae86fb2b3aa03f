"""The files of a snapshot. Each holds what its page holds; free texts are read from the record, so redactions reach them."""

from collections.abc import Callable
from dataclasses import dataclass

from tracker.briefings.compose import compose
from tracker.briefings.document import Document
from tracker.briefings.options import Frozen, Options
from tracker.compare.canonical import canonical_json
from tracker.compare.comparison import Comparison
from tracker.compare.files import long_csv, moment_text
from tracker.compare.json_file import at_of, typed_rows
from tracker.compare.workbook import XLSX, comparison_xlsx
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.snapshots.citations import Reference
from tracker.snapshots.queries import PlacedText, Snapshot
from tracker.snapshots.record import moment_text as exact_moment

FORMAT = "snapshot/1"
MOST_IN_A_PDF = 40  # jurisdictions; each has pages of its own


@dataclass(frozen=True, slots=True)
class Desk:
    """What every file needs."""

    snapshot: Snapshot
    reference: Reference
    base_url: str
    locale: str
    service_name: str
    licence: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. `make` gives its bytes, or the Document that is yet to be drawn as a PDF.

    `lasting`: its bytes can never change, for it holds no text that could be redacted.
    """

    media_type: str
    make: Callable[[Desk], bytes | Document]
    lasting: bool = False


def _csv(desk: Desk) -> bytes:
    return long_csv(desk.snapshot.comparison, desk.base_url, desk.locale).encode()


def _xlsx(desk: Desk) -> bytes:
    told = [
        (_("Snapshot"), desk.snapshot.id),
        (_("Address"), desk.reference.url),
        (_("SHA-256 of its record"), desk.snapshot.sha256),
        (_("Frozen"), moment_text(desk.snapshot.frozen_at)),
        (_("Cite as"), desk.reference.text()),
    ]
    return comparison_xlsx(desk.snapshot.comparison, desk.base_url, desk.locale, told=told)


def _json(desk: Desk) -> bytes:
    snapshot = desk.snapshot
    return canonical_json(
        {
            "format": FORMAT,
            "id": snapshot.id,
            "sha256": snapshot.sha256,
            "frozen_at": moment_text(snapshot.frozen_at),
            "url": desk.reference.url,
            "citation": desk.reference.text(),
            "at": at_of(snapshot.comparison),
            "record": snapshot.record,
            "rows": typed_rows(snapshot.comparison, desk.base_url, desk.locale),
            "texts": [_text(placed) for placed in snapshot.texts],
        }
    )


def _text(placed: PlacedText) -> dict[str, str]:
    cell, voice, text = placed.cell, placed.voice, placed.text
    return {
        "jurisdiction": cell.place.code,
        "item": cell.item.key,
        "domain": cell.domain.value,
        "organisation": voice.organisation_key,
        "recorded_at": exact_moment(voice.recorded_at),
        "field": text.field,
        "text": text.text,
        "salt": placed.salt or "none",
        "redacted_at": moment_text(text.redacted_at) if text.redacted_at else "none",
    }


def _pdf(desk: Desk) -> Document:
    if len(desk.snapshot.comparison.places) > MOST_IN_A_PDF:
        raise Invalid({"format": _("A briefing takes %(n)s jurisdictions at most.") % {"n": MOST_IN_A_PDF}})
    return briefing(desk)


def briefing(desk: Desk) -> Document:
    """The briefing of the snapshot: that of its comparison, which names the snapshot and how to cite it."""
    snapshot, cited = desk.snapshot, desk.reference
    frozen = Frozen(snapshot.id, snapshot.sha256, cited.url, cited.text(), desk.licence)
    return compose(
        desk.snapshot.comparison,
        base_url=desk.base_url,
        locale=desk.locale,
        service_name=desk.service_name,
        options=Options(snapshot=frozen),
    )


KINDS = {
    "csv": Kind("text/csv", _csv),
    "json": Kind("application/json; charset=utf-8", _json),
    "xlsx": Kind(XLSX, _xlsx),
    "pdf": Kind("application/pdf", _pdf),
    "record.json": Kind(
        "application/json; charset=utf-8", lambda desk: desk.snapshot.canonical, lasting=True
    ),
    "bib": Kind("application/x-bibtex; charset=utf-8", lambda desk: desk.reference.work.bibtex().encode()),
    "ris": Kind(
        "application/x-research-info-systems; charset=utf-8", lambda desk: desk.reference.work.ris().encode()
    ),
    "csl.json": Kind(
        "application/vnd.citationstyles.csl+json; charset=utf-8",
        lambda desk: desk.reference.work.csl().encode(),
    ),
}

# The kinds that say how to cite it; the rest hold what was frozen.
CITED_IN = ("csl.json", "bib", "ris")


def kinds_of(comparison: Comparison) -> dict[str, Kind]:
    """The kinds of file that a snapshot has, by their ending."""
    has_pdf = len(comparison.places) <= MOST_IN_A_PDF
    return {ending: kind for ending, kind in KINDS.items() if has_pdf or ending != "pdf"}
