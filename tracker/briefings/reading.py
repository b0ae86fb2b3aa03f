"""The parts that show the comparison itself: how to read it, and the matrix."""

from tracker.briefings.desk import Desk, joined, text_block
from tracker.briefings.document import (
    Block,
    Bullets,
    Key,
    Mark,
    Matrix,
    MatrixCell,
    MatrixRow,
    Part,
    Run,
    Runs,
    Text,
)
from tracker.briefings.sides import coverage_charts
from tracker.briefings.wording import axis_tag, axis_word, basis_tag
from tracker.compare.comparison import Column, ComparedCell
from tracker.compare.query import DEFAULT_FRAMEWORK
from tracker.compare.wording import columns_ref, item_name, item_ref, listed
from tracker.entries.standing import Standing
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, Domain, value, word

# Fewer rows without any entry than this are drawn like the others.
LEAST_SILENT = 3


def how_to_read(desk: Desk) -> Part:
    blocks = (
        text_block(
            _(
                "A cell is one jurisdiction, one item of the framework and, where the framework applies by "
                "domain, one domain. It is read on two axes that are never mixed, because law on paper is "
                "not practice. A reading is one axis of one cell; a column is one item in one domain, across "
                "the jurisdictions."
            ),
            _("Each cell of the matrix leads to its page, with evidence, history and every voice."),
        ),
        Key(_("Levels, and why there is none"), _key_entries(desk.axes)),
        Bullets(tuple(_terms(desk))),
        *coverage_charts(desk),
    )
    return Part("read", _("How to read this briefing"), 1, blocks)


def _key_entries(axes: tuple[Axis, ...]) -> tuple[tuple[Mark, str], ...]:
    levels = [
        (
            Mark(axis_word(axis), code, f"{code} {value(axis, code).word}"),
            word(f"meaning.{axis.value}", code),
        )
        for axis in axes
        for code in LEVEL_CODES
    ]
    missing = [(Mark("", c, word("missing", c)), word("meaning.missing", c)) for c in MISSING_CODES]
    return (*levels, *missing)


def _terms(desk: Desk) -> list[Runs]:
    competencies = desk.comparison.framework.key == DEFAULT_FRAMEWORK
    framework = _("the competencies") if competencies else _("the framework")
    return [
        _term(
            _("Basis."),
            _(
                "By name: the instrument names %(framework)s. Equivalent: it does the same without the name. "
                "An equivalent measure is not an adoption of %(framework)s."
            )
            % {"framework": framework},
        ),
        _term(
            _("Scope."),
            _("General, or targeted at some professions, places or groups; a note says which."),
        ),
        _term(
            _("Verification, per axis."),
            _(
                "V0 claimed: the least evidence of the level is missing. V1 documented: it is there. "
                "V2 reviewed: another organisation agrees. V3 confirmed: an independent organisation "
                "confirms it from another source."
            ),
        ),
        _term(
            _("Contested."),
            _("Two voices are two levels apart on one axis, or a disagreement is open."),
        ),
        _term(
            _("No blanks."),
            _(
                "A cell without a level says why. Unknown is not zero: “not assessed” means that nobody "
                "has published anything, “none found” that somebody searched and says where."
            ),
        ),
        _term(
            _("Coverage."),
            _(
                "“n of N” means that n of N cells have a level. Cells to which the item does not apply are "
                "left out of N and counted apart."
            ),
        ),
        # No box below the charts: on a page of Letter's height it would stand alone on the next.
        _term(
            _("What this briefing cannot tell:"),
            _(
                "whether care is good, whether a measure has the effect that is hoped for, or what "
                "exists where nobody has looked. It does not rank."
            ),
        ),
    ]


def _term(title: str, meaning: str) -> Runs:
    return (Run(title, bold=True), Run(" " + meaning))


def matrix_parts(desk: Desk) -> tuple[Part, ...]:
    """One matrix where each item has one column or all are of one domain, else one per domain."""
    comparison = desk.comparison
    heading = _("The matrix")
    if not comparison.columns:
        return (Part("matrix", heading, 1, (text_block(_("No cell answers to what is shown here.")),)),)
    if len(comparison.items) == len(comparison.columns):
        only = comparison.domains[0] if len(comparison.domains) == 1 else Domain.ALL
        name = "" if only is Domain.ALL else word("domain", only.value)
        drawn = _drawn(desk, comparison.columns, name)
        return (Part("matrix", heading, 1, drawn),)
    # Nothing under this heading itself: a text would be left alone on its page before a sideways matrix.
    parts = [Part("matrix", heading, 1, ())]
    silent: list[Domain] = []
    for domain in comparison.domains:
        columns = tuple(c for c in comparison.columns if c[1] is domain)
        if _silent(desk, columns):
            silent.append(domain)
            continue
        name = word("domain", domain.value)
        parts.append(Part(f"matrix-{domain.value}", name, 2, _drawn(desk, columns, name)))
    if silent:
        parts.append(_silence(desk, silent))
    return tuple(parts)


def _silent(desk: Desk, columns: tuple[Column, ...]) -> bool:
    """Whether nobody has said anything on the columns."""
    return not any(desk.comparison.cell(p, c).voices for p in desk.comparison.places for c in columns)


def _silence(desk: Desk, domains: list[Domain]) -> Part:
    """A sentence on the domains nobody has spoken of, instead of walls of dashes."""
    columns = [c for c in desk.comparison.columns if c[1] in domains]
    items = dict.fromkeys(item for item, _domain in columns)
    heading = listed([word("domain", d.value) for d in domains])
    told = _("All %(count)s columns read “not assessed” for every jurisdiction: %(items)s.") % {
        "count": len(columns),
        "items": listed([item_ref(item) for item in items]),
    }
    return Part("matrix-silent", heading, 2, (text_block(told, _("This says nothing about adoption.")),))


def _drawn(desk: Desk, columns: tuple[Column, ...], domain: str) -> tuple[Block, ...]:
    """The matrix of some columns; jurisdictions that nobody has spoken of here are named below it, not drawn."""
    if _silent(desk, columns):
        told = _("These read “not assessed” for every jurisdiction: %(columns)s.") % {
            "columns": columns_ref(columns, len(columns))
        }
        return (text_block(told, _("This says nothing about adoption.")),)
    places = desk.comparison.places
    silent = [p for p in places if not any(desk.comparison.cell(p, c).voices for c in columns)]
    if len(silent) < LEAST_SILENT:
        silent = []
    caption = " · ".join(axis_word(a) for a in desk.axes)
    several = len({d for _item, d in columns}) > 1
    heads = [item_name(i) + (f" ({word('domain', d.value)})" if several else "") for i, d in columns]
    rows = tuple(_row(desk, place, columns) for place in places if place not in silent)
    # Several voices of a cell need their words and names to be told apart.
    plain = all(len(cell.marks) <= len(desk.axes) for row in rows for cell in row.cells)
    tight = plain and not desk.in_full
    if tight and len(desk.axes) > 1:
        # There is no room in the cells to say which of their signs is which.
        caption = _("%(first)s (the first sign) · %(second)s (the second)") % {
            "first": axis_word(desk.axes[0]),
            "second": axis_word(desk.axes[1]),
        }
    matrix = Matrix(
        caption=f"{domain}: {caption}" if domain else caption,
        corner=_("Jurisdiction"),
        columns=tuple(heads),
        rows=rows,
        tight=tight,
    )
    return (matrix, _unheard(desk, silent, len(columns))) if silent else (matrix,)


def _unheard(desk: Desk, silent: list[Place], columns: int) -> Text:
    """Who would have a row of dashes: said once, so that what is known can be seen."""
    told = _(
        "Not drawn, for all %(count)s cells of each read “not assessed”, which says nothing about adoption:"
    )
    names = joined([Run(place.name, href=desk.place_url(place))] for place in silent)
    return Text((Run(told % {"count": columns} + " "), *names, Run(".")))


def _row(desk: Desk, place: Place, columns: tuple[Column, ...]) -> MatrixRow:
    remark = f"{place.code} · " + _("Fictional") if place.fictional else place.code
    cells = tuple(_cell(desk, desk.comparison.cell(place, c)) for c in columns)
    return MatrixRow(place.name, desk.place_url(place), remark, cells)


def _cell(desk: Desk, cell: ComparedCell) -> MatrixCell:
    several = len(cell.voices) > 1
    marks: list[Mark] = []
    remarks = [_("contested")] if cell.contested else []
    for number, voice in enumerate(cell.voices, 1):
        marks += [_mark(axis, voice, str(number) if several else "") for axis in desk.axes]
        if several:
            remarks.append(f"{number} {voice.organisation_name}")
        remarks += _remarks(voice, desk.axes, brief=not desk.in_full)
    if not cell.voices:
        marks = [_mark(axis, None, "") for axis in desk.axes]
    return MatrixCell(tuple(marks), " · ".join(remarks), desk.cell_url(cell))


def _mark(axis: Axis, voice: Standing | None, number: str) -> Mark:
    reading = voice.on(axis) if voice else value(axis, "not_assessed")
    label = f"{axis_tag(axis)} {number}".strip()
    return Mark(label, reading.code, reading.word)


def _remarks(voice: Standing, axes: tuple[Axis, ...], *, brief: bool) -> list[str]:
    """Claimed, since when, verification, scope and basis, as far as there is a level to say it of.

    `brief`: the verification alone, of which V0 is "claimed"; a register's data file has the rest.
    """
    known = [axis for axis in axes if voice.on(axis).is_level]
    if not known:
        return []
    claimed = [axis for axis in known if voice.claimed(axis)]
    told = []
    if len(claimed) == len(known):
        told.append(_("claimed"))
    elif claimed:
        told.append(_("%(axis)s claimed") % {"axis": axis_tag(claimed[0])})
    marks = [voice.verification(axis) for axis in known]
    if len(set(marks)) == 1:
        verified = marks[0]
    else:
        verified = ", ".join(f"{axis_tag(a)} {m}" for a, m in zip(known, marks, strict=True))
    if brief:
        return [", ".join(dict.fromkeys(marks))]
    year = str(voice.valid_from.year) if voice.valid_from else _("date not known")
    scope = word("scope", voice.scope).lower() if voice.scope else ""
    return [t for t in (*told, year, verified, scope, basis_tag(voice.basis)) if t]
