"""A comparison composed as a briefing: parts, numbers and sentences, the same for the page and the PDF."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from tracker.briefings.advice import recommendations
from tracker.briefings.annex import annex, register
from tracker.briefings.beside import NOTHING, Beside
from tracker.briefings.change import change
from tracker.briefings.closing import context, data
from tracker.briefings.desk import Desk, text
from tracker.briefings.differences import differences, gaps
from tracker.briefings.document import Document, Facts, Part, Run, Runs
from tracker.briefings.lens import lens_parts
from tracker.briefings.method import method
from tracker.briefings.options import ALWAYS, DEFAULT, PARTS, Options
from tracker.briefings.places import place_parts
from tracker.briefings.reading import how_to_read, matrix_parts
from tracker.briefings.sides import sides
from tracker.briefings.summary import summary
from tracker.briefings.wording import axis_word, day, edition_told, moment
from tracker.compare.caveats import shown
from tracker.compare.comparison import Comparison
from tracker.compare.query import DEFAULT_FRAMEWORK
from tracker.compare.wording import MOST_NAMES, item_ref, named, place_heading
from tracker.crosswalks.reading import Reading
from tracker.kit.errors import Invalid
from tracker.kit.i18n import direction, ngettext
from tracker.kit.i18n import gettext as _
from tracker.kit.safe import safe_url
from tracker.kit.vocabulary import Axis, word


def compose(
    comparison: Comparison,
    reading: Reading | None = None,
    *,
    base_url: str,
    locale: str,
    service_name: str,
    options: Options = DEFAULT,
    beside: Beside = NOTHING,
) -> Document:
    """The briefing of a comparison; equal comparisons, options and things beside give equal documents.

    `reading`: the same comparison read through a crosswalk, told in a part of its own. `base_url` without a slash
    at its end. Words are of the current language, links of `locale`. `beside` is what `gather` read for the same
    comparison and options. Raises Invalid where no jurisdiction is compared.
    """
    if not comparison.places:
        raise Invalid({"jurisdictions": _("Choose at least one jurisdiction for a briefing.")})
    beside = replace(beside, lens=reading or beside.lens)
    desk = Desk(comparison, register(comparison), base_url, locale, service_name, options, beside)
    question = question_of(comparison, options)
    return Document(
        question=question,
        subtitle=_subtitle(desk),
        dated=comparison.at.dated.isoformat(),
        language=locale,
        direction=direction(),
        publisher=service_name,
        footer=_footer(desk),
        facts=_facts(desk),
        parts=_parts(desk, question),
    )


def _parts(desk: Desk, question: str) -> tuple[Part, ...]:
    """In the order of options.PARTS; without those that were not asked for or have nothing to say."""
    made: dict[str, Callable[[], Iterable[Part | None]]] = {
        "messages": lambda: summary(desk, question, _fictional(desk.comparison)),
        "read": lambda: [how_to_read(desk)],
        "matrix": lambda: [*matrix_parts(desk), differences(desk)],
        "domains": lambda: sides(desk),
        "change": lambda: change(desk),
        "gaps": lambda: gaps(desk),
        "recommendations": lambda: [recommendations(desk)],
        "lens": lambda: lens_parts(desk, desk.beside.lens),
        "jurisdictions": lambda: place_parts(desk),
        "evidence": lambda: [annex(desk.register, in_full=desk.in_full, files=desk.beside.files)],
        "method": lambda: [*method(desk), context(desk)],
        "data": lambda: [data(desk)],
    }
    asked = [name for name in PARTS if desk.options.has(name) or name in ALWAYS]
    return tuple(part for name in asked for part in made[name]() if part)


def question_of(comparison: Comparison, options: Options) -> str:
    """The question that was put, or the one that follows from what is compared."""
    return options.question or _question(comparison)


def _question(comparison: Comparison) -> str:
    """The question that the comparison answers."""
    places = comparison.places
    values = {
        "names": named(places),
        "what": _adopted(comparison),
        "how": " " + _how(comparison.query.axes),
    }
    if len(places) == 1:
        return _("How far has %(names)s adopted %(what)s,%(how)s?") % values
    return _("How far have %(names)s adopted %(what)s,%(how)s?") % values


def _how(axes: tuple[Axis, ...]) -> str:
    if len(axes) > 1:
        return _("on paper and in practice")
    return _("on paper") if axes[0] is Axis.COMMITMENT else _("in practice")


def _adopted(comparison: Comparison) -> str:
    asked = comparison.query.items
    if len(asked) == 1:
        found = [item for item in comparison.framework.items if item.key in asked]
        if found:
            return item_ref(found[0])
    if comparison.framework.key == DEFAULT_FRAMEWORK:
        return _("the core competencies")
    return _("the items of “%(title)s”") % {"title": comparison.framework.title}


def _subtitle(desk: Desk) -> str:
    comparison, edition = desk.comparison, desk.options.edition
    framework = comparison.framework
    told = _("A comparative briefing under %(title)s (%(year)s), as of %(day)s.") % {
        "title": framework.title,
        "year": framework.year,
        "day": moment(comparison.at.as_of),
    }
    if len(comparison.places) == 1:
        told = _("A briefing under %(title)s (%(year)s), as of %(day)s.") % {
            "title": framework.title,
            "year": framework.year,
            "day": moment(comparison.at.as_of),
        }
    if edition:
        told = f"{edition_told(edition)} {told}"
    return f"{told} {_fictional(comparison)}".strip()


def _fictional(comparison: Comparison) -> str:
    """Which of the places are invented; nothing where all are real."""
    invented = [p for p in comparison.places if p.fictional]
    if not invented:
        if comparison.invented_voices:
            return _("A demonstration: the organisation that codes these real places is invented.")
        return ""
    if len(invented) == len(comparison.places):
        return _("Fictional: every place in it is invented.")
    return _("Fictional: %(names)s.") % {"names": named(invented)}


def _footer(desk: Desk) -> str:
    comparison = desk.comparison
    texts = [
        desk.service_name,
        _("as of %(day)s") % {"day": day(comparison.at.as_of.date())},
        _("not affiliated with HHS, UNU, WHO, IOM or HEAL"),
    ]
    if comparison.fictional:
        texts.insert(0, _("Fictional"))
    return " · ".join(texts)


def _facts(desk: Desk) -> Facts:
    comparison = desk.comparison
    at, query, framework = comparison.at, comparison.query, comparison.framework
    frozen, edition = desk.options.snapshot, desk.options.edition
    made: list[tuple[str, Runs]] = []
    if edition:
        told = _("%(n)s, %(state)s, made on %(day)s") % {
            "n": edition.number,
            "state": word("edition", edition.state),
            "day": day(edition.made_on),
        }
        made.append((_("Edition"), (Run(told, href=edition.url),)))
    if frozen:
        made.append((_("Snapshot"), (Run(frozen.id, href=frozen.url),)))
    basis = word("basis", query.basis.value) if query.basis else _("Any: by name or equivalent")
    principle = ((_("Principle"), text(word("principle", query.principle))),) if query.principle else ()
    landing = safe_url(framework.landing_url)
    changed = ((_("Last published change"), text(day(at.dated))),) if at.dated != at.as_of.date() else ()
    rows: tuple[tuple[str, Runs], ...] = (
        *made,
        (_("As of"), text(_("%(day)s: what had been published by then") % {"day": moment(at.as_of)})),
        (_("In force on"), text(day(at.on))),
        *changed,
        (_("Framework"), (Run(framework.title, href=landing), Run(f" · {framework.name}"))),
        (_("Jurisdictions"), _jurisdictions(desk)),
        (_("Axes"), text(" · ".join(axis_word(a) for a in query.axes))),
        (_("Voices read"), text(word("source", query.source.value))),
        (_("Basis"), text(basis)),
        *principle,
        (_("Counted"), text(_counted(comparison))),
        (_("This comparison"), (Run(_("open it in the service"), href=desk.comparison_url()),)),
    )
    return Facts(rows)


def _jurisdictions(desk: Desk) -> Runs:
    places = desk.comparison.places
    if len(places) > 4 * MOST_NAMES:
        return text(named(places))
    return text(", ".join(f"{place_heading(p)} ({p.code})" for p in places))


def _counted(comparison: Comparison) -> str:
    """What the totals are made of: the whole selection, whatever is drawn of it."""
    whole = comparison.whole
    columns, places = len(whole.columns), len(whole.places)
    told = ngettext(
        "%(columns)s cell for each jurisdiction", "%(columns)s cells for each jurisdiction", columns
    ) % {"columns": columns}
    items, domains = len(whole.items), len(whole.domains)
    if items > 1 and domains > 1 and items * domains == columns:
        told += " " + _("(%(items)s items × %(domains)s domains)") % {"items": items, "domains": domains}
    if places > 1:
        told += _(", %(cells)s in all") % {"cells": columns * places}
    if comparison.selected:
        told += _("; drawn: %(columns)s for each") % {"columns": len(comparison.columns)}
    if comparison.query.show != "all":
        told += _("; shown: %(show)s") % {"show": shown(comparison.query.show)}
    if comparison.query.principle:
        said = word("principle", comparison.query.principle).lower()
        told += _("; only where a cited instrument says so: %(principle)s") % {"principle": said}
    return told
