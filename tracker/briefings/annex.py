"""The evidence annex: one numbered source per instrument, and what each level of the comparison rests on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from tracker.briefings import document as d
from tracker.briefings.wording import axis_word, day, principle_line
from tracker.compare.comparison import ComparedCell, Comparison
from tracker.compare.wording import cell_ref
from tracker.entries.evidence import ADOPTING
from tracker.entries.principles import ordered
from tracker.entries.standing import Evidence, Standing
from tracker.instruments.queries import PublicAttachment
from tracker.kit.i18n import gettext as _
from tracker.kit.safe import safe_url
from tracker.kit.vocabulary import Axis, word

Files = Mapping[UUID, Sequence[PublicAttachment]]
NO_FILES: Files = {}


@dataclass(frozen=True, slots=True)
class Use:
    """A cell that leans on a source, for these axes; `evidence` is None where the source is no instrument."""

    cell: ComparedCell
    voice: Standing
    axes: tuple[Axis, ...]
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class Source:
    """`kind`: "instrument", "search" (of a level 0) or "owner" (whom an entry names, citing nothing)."""

    number: int
    kind: str
    uses: tuple[Use, ...]

    @property
    def anchor(self) -> str:
        return f"e{self.number}"


@dataclass(frozen=True)
class Register:
    """`numbers`: by revision id and axis, the numbers of the sources."""

    sources: tuple[Source, ...]
    numbers: dict[tuple[int, Axis], tuple[int, ...]]

    def number(self, instrument: UUID) -> int:
        """The number of an instrument, 0 where it is not cited for an axis that is asked for."""
        return self.instruments.get(instrument, 0)

    @cached_property
    def instruments(self) -> dict[UUID, int]:
        return {e.instrument_id: s.number for s in self.sources if (e := s.uses[0].evidence)}

    def of(self, voice: Standing, axis: Axis) -> tuple[int, ...]:
        return self.numbers.get((voice.id, axis), ())


def register(comparison: Comparison) -> Register:
    """Number the sources in the order in which the comparison meets them, each instrument once."""
    found: dict[tuple[object, ...], list[Use]] = {}
    for cell in comparison.rows():
        for voice in cell.voices:
            for key, use in _uses(cell, voice, comparison.query.axes):
                found.setdefault(key, []).append(use)
    sources = tuple(Source(n, str(key[0]), tuple(uses)) for n, (key, uses) in enumerate(found.items(), 1))
    numbers: dict[tuple[int, Axis], tuple[int, ...]] = {}
    for source in sources:
        for use in source.uses:
            for axis in use.axes:
                before = numbers.get((use.voice.id, axis), ())
                if source.number not in before:
                    numbers[use.voice.id, axis] = (*before, source.number)
    return Register(sources, numbers)


def _uses(
    cell: ComparedCell, voice: Standing, axes: tuple[Axis, ...]
) -> Iterator[tuple[tuple[object, ...], Use]]:
    """What a revision rests on: its citations; the search of a level 0; else the owner whom it names."""
    for evidence in voice.evidence:
        covered = tuple(a for a in axes if evidence.axis.covers(a))
        if covered:
            yield ("instrument", evidence.instrument_id), Use(cell, voice, covered, evidence)
    organisation = voice.organisation_key
    searched = tuple(a for a in axes if voice.on(a).code == "0")
    if searched and voice.search_who and voice.search_where and voice.search_when:
        key = ("search", organisation, voice.search_who, voice.search_where, voice.search_when)
        yield key, Use(cell, voice, searched, None)
    cited = {a for a in axes for e in voice.evidence if e.axis.covers(a)}
    owned = tuple(a for a in axes if voice.on(a).level and not voice.claimed(a) and a not in cited)
    if owned and voice.owner:
        yield ("owner", organisation, cell.place.id, voice.owner), Use(cell, voice, owned, None)


def annex(register: Register, *, in_full: bool = True, files: Files = NO_FILES) -> d.Part:
    """The part that lists every source with its passages; without them and their cells where not `in_full`.

    `files`: by instrument, the files published with it.
    """
    intro = _(
        "Each document once, with the cells that cite it and where. Numbers in square brackets in this "
        "briefing lead here. A search that found nothing is evidence too and is listed as such."
    )
    if not register.sources:
        intro = _("No source is cited in what is shown here.")
    elif not in_full:
        intro = _(
            "Each document once. Numbers in square brackets lead here; which cells cite a document, where and in what "
            "words, is on the pages of the cells."
        )
    blocks: tuple[d.Block, ...] = (
        d.Text((d.Run(intro),)),
        *(_entry(s, in_full, files) for s in register.sources),
    )
    return d.Part("evidence", _("Evidence annex"), 1, blocks)


def _entry(source: Source, in_full: bool, files: Files) -> d.Evidence:
    voice, first = source.uses[0].voice, source.uses[0].evidence
    if first is not None:
        return _instrument(source, first, in_full, files)
    if source.kind == "search":
        title = _("Search note: %(who)s") % {"who": voice.search_who}
        told = _("Looked in: %(where)s. On %(day)s.") % {
            "where": voice.search_where,
            "day": day(voice.search_when),
        }
    else:
        title = _("Owner named: %(owner)s") % {"owner": voice.owner}
        told = _("Named in the entry itself; no document is cited for it.")
    cells = _cells(source) if in_full else ()
    said = _("Stated by %(organisation)s.") % {"organisation": voice.organisation_name}
    return d.Evidence(
        source.number, source.anchor, title, "", (told, said, *cells) if in_full else (told,), "", "", ""
    )


def _instrument(source: Source, first: Evidence, in_full: bool, files: Files) -> d.Evidence:
    quote, language, translation = _passages(source) if in_full else ("", "", "")
    return d.Evidence(
        number=source.number,
        anchor=source.anchor,
        title=first.title,
        href=safe_url(first.url),
        lines=(
            *(_particulars(source, first) if in_full else _in_short(first)),
            *map(_file, files.get(first.instrument_id, ())),
            *_principles(source),
            *(_cells(source) if in_full else ()),
        ),
        quote=quote,
        quote_language=language,
        translation=translation,
    )


def _in_short(first: Evidence) -> Iterator[str]:
    """One line of a register: what it is and of when; the link is its title, the rest is on the pages of its cells."""
    yield " · ".join(t for t in (word("instrument", first.kind.value), first.issuer, _dated(first)) if t)


def _particulars(source: Source, first: Evidence) -> Iterator[str]:
    citation = first.citation if first.citation != first.title else ""
    yield " · ".join(t for t in (word("instrument", first.kind.value), first.issuer, citation) if t)
    if first.title_original and first.title_original != first.title:
        yield _("Original title: %(title)s") % {"title": first.title_original}
    yield _dated(first)
    if first.instrument_note:
        yield _("Note: %(note)s") % {"note": first.instrument_note}
    if first.provenance:
        yield _("Provenance: %(how)s") % {"how": word("provenance", first.provenance)}
    else:
        by = dict.fromkeys(use.voice.organisation_name for use in source.uses)
        yield _("Provenance: as entered by %(organisation)s") % {"organisation": ", ".join(by)}
    # In full, for whoever reads it on paper.
    yield safe_url(first.url) or _("No public link is recorded.")


def _dated(first: Evidence) -> str:
    dates = []
    if first.adopted_on:
        told = _("Adopted %(day)s") if first.kind in ADOPTING else _("Dated %(day)s")
        dates.append(told % {"day": day(first.adopted_on)})
    if first.in_force_on:
        dates.append(_("In force %(day)s") % {"day": day(first.in_force_on)})
    return " · ".join(dates) or _("Date: not known")


def _file(file: PublicAttachment) -> str:
    """A file by its title and hash; in place of one that was redacted stands what is told of it."""
    if file.redacted:
        return _("File: %(told)s") % {"told": file.redacted}
    return _("File: %(title)s · SHA-256 %(hash)s") % {"title": file.title, "hash": file.sha256}


def _principles(source: Source) -> Iterator[str]:
    """A line for each of the report's principles that it states, with the place."""
    said = dict.fromkeys(s for use in source.uses if use.evidence for s in use.evidence.principles)
    yield from map(principle_line, ordered(said))


def _cells(source: Source) -> Iterator[str]:
    """A line for each cell that leans on the source: place, cell, axis, and the place in the document."""
    lines = []
    for use in source.uses:
        where = use.evidence.locator if use.evidence else ""
        if use.evidence and not where:
            where = _("no locator given")
        name = cell_ref(use.cell.place, (use.cell.item, use.cell.domain))
        axes = " + ".join(axis_word(a) for a in use.axes)
        lines.append(" · ".join(t for t in (name, axes, where) if t))
    yield from dict.fromkeys(lines)


def _passages(source: Source) -> tuple[str, str, str]:
    """The quotes with their language and translation; several are told apart by their locators."""
    quoted = {
        (e.locator, e.quote, e.translation, e.quote_language): None
        for use in source.uses
        if (e := use.evidence) and e.quote
    }
    if not quoted:
        return "", "", ""
    languages = {language for *_rest, language in quoted}
    language = languages.pop() if len(languages) == 1 else ""
    if len(quoted) == 1:
        ((_locator, quote, translation, _language),) = quoted
        return quote, language, translation
    quotes = [_marked(locator, quote) for locator, quote, _t, _l in quoted]
    translations = [_marked(locator, text) for locator, _q, text, _l in quoted if text]
    return "\n".join(quotes), language, "\n".join(translations)


def _marked(locator: str, text: str) -> str:
    return f"[{locator}] {text}" if locator else text
