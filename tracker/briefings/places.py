"""The parts of the jurisdictions: what is recorded of each, on what evidence, and what others say of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from tracker.briefings.annex import Source
from tracker.briefings.desk import Desk, text_block
from tracker.briefings.document import Block, Bullets, Facts, Notice, Part, Run, Runs, Table, Text
from tracker.briefings.register import places_table
from tracker.briefings.wording import axis_word, basis_tag, day, principle_line
from tracker.compare.comparison import ComparedCell, Comparison, coverage
from tracker.compare.principles import Told, told
from tracker.compare.wording import column_ref, place_heading
from tracker.entries.standing import Evidence, Review, Standing
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _
from tracker.kit.safe import safe_url
from tracker.kit.vocabulary import Source as Voices
from tracker.kit.vocabulary import word

Spoken = tuple[ComparedCell, Standing]


def place_parts(desk: Desk) -> tuple[Part, ...]:
    """A part for each jurisdiction, under one heading; none where no column is shown."""
    if not desk.comparison.columns:
        return ()
    if not desk.in_full:
        return places_table(desk)
    intro = _("Each jurisdiction by itself: what is recorded, by whom, and on what evidence.")
    head = Part("jurisdictions", _("Jurisdictions"), 1, (text_block(intro),), fresh=True)
    parts = [_part(desk, place) for place in desk.comparison.places]
    return (head, *(replace(part, fresh=n > 0) for n, part in enumerate(parts)))


def anchor(place: Place) -> str:
    return f"j-{place.code}"


def _spoken(comparison: Comparison, place: Place) -> list[Spoken]:
    cells = (comparison.cell(place, column) for column in comparison.columns)
    return [(cell, voice) for cell in cells for voice in cell.voices]


def _part(desk: Desk, place: Place) -> Part:
    spoken = _spoken(desk.comparison, place)
    blocks: list[Block] = []
    if place.fictional:
        blocks.append(
            Notice(
                (
                    Run(_("Fictional:"), bold=True),
                    Run(" " + _("this jurisdiction and everything about it is invented.")),
                )
            )
        )
    blocks.append(_facts(desk, place, _spoken(desk.whole, place)))
    if spoken:
        blocks.append(_table(desk, place, spoken))
    blocks += _instruments(desk, spoken)
    blocks += _silence(desk, place)
    blocks += _principles(desk, place)
    blocks += _remarks(spoken)
    blocks += _replies(spoken)
    # A heading and a few lines need no page of their own; `fresh` lets them follow where they fit whole.
    return Part(anchor(place), place_heading(place), 2, tuple(blocks))


def _facts(desk: Desk, place: Place, spoken: list[Spoken]) -> Facts:
    kind = word("jurisdiction", place.kind.value)
    real = _("Fictional") if place.fictional else _("Real")
    rows: list[tuple[str, Runs]] = [
        (_("Code"), (Run(place.code, href=desk.place_url(place)), Run(f" · {kind} · {real}"))),
    ]
    for axis in desk.axes:
        count = coverage(desk.whole, place, axis)
        told = _("%(n)s of %(total)s cells have a level; claimed %(claimed)s; not applicable %(left)s") % {
            "n": count.assessed,
            "total": count.total,
            "claimed": count.claimed,
            "left": count.not_applicable,
        }
        rows.append((axis_word(axis), (Run(told),)))
    voices = dict.fromkeys(f"{v.organisation_name} ({word('voice', v.voice.value)})" for _cell, v in spoken)
    rows.append((_("Said by"), (Run("; ".join(voices) or _("Nobody")),)))
    contested = [column_ref((c.item, c.domain)) for c in _cells(spoken) if c.contested]
    if contested:
        link = Run(_("every voice"), href=desk.comparison_url(source=Voices.ALL))
        rows.append((_("Contested"), (Run("; ".join(contested) + " · "), link)))
    return Facts(tuple(rows))


def _cells(spoken: list[Spoken]) -> list[ComparedCell]:
    """The cells, each once, in order."""
    return list({(c.item.id, c.domain): c for c, _voice in spoken}.values())


def _table(desk: Desk, place: Place, spoken: list[Spoken]) -> Table:
    by_voice = _voice_names(spoken)
    voices = len(by_voice) > 1
    columns: list[tuple[str, float]] = [(_("Item"), 0.27)]
    columns += [(axis_word(axis), 0.17) for axis in desk.axes]
    columns += [(_("Basis, scope"), 0.14), (_("Since"), 0.16)]
    if voices:
        columns.append((_("Said by"), 0.15))
    whole = sum(width for _title, width in columns)
    rows = tuple(_row(desk, cell, voice, by_voice if voices else {}) for cell, voice in spoken)
    caption = _("%(name)s: cells of which something is recorded") % {"name": place_heading(place)}
    return Table(
        caption, tuple(title for title, _w in columns), rows, tuple(width / whole for _t, width in columns)
    )


def _voice_names(spoken: list[Spoken]) -> dict[str, str]:
    """Each organisation as a narrow column names it: by its voice alone where no other here has the same."""
    kinds = {v.organisation_key: v for _cell, v in spoken}
    shared = Counter(v.voice for v in kinds.values())
    return {
        key: word("voice", v.voice.value)
        if shared[v.voice] == 1
        else f"{v.organisation_name} ({word('voice', v.voice.value)})"
        for key, v in kinds.items()
    }


def _row(desk: Desk, cell: ComparedCell, voice: Standing, by_voice: dict[str, str]) -> tuple[Runs, ...]:
    row: list[Runs] = [(Run(column_ref((cell.item, cell.domain)), href=desk.cell_url(cell)),)]
    row += [tuple(desk.level(voice, axis)) for axis in desk.axes]
    basis = basis_tag(voice.basis)
    scope = word("scope", voice.scope.value).lower() if voice.scope else ""
    row.append((Run(", ".join(t for t in (basis, scope) if t) or _("Not stated")),))
    row.append((Run(_period(voice)),))
    if by_voice:
        row.append((Run(by_voice[voice.organisation_key]),))
    return tuple(row)


def _instruments(desk: Desk, spoken: list[Spoken]) -> Iterator[Table]:
    """The laws, policies and papers that the jurisdiction's levels rest on, as numbered in the annex."""
    cited: dict[int, tuple[Evidence, set[object]]] = {}
    for cell, voice in spoken:
        for evidence in voice.evidence:
            if number := desk.register.number(evidence.instrument_id):
                cited.setdefault(number, (evidence, set()))[1].add((cell.item.id, cell.domain))
    if not cited:
        return
    rows: list[tuple[Runs, ...]] = [
        (
            (Run(f"[{number}]", href=desk.place("evidence", f"e{number}")),),
            (Run(evidence.title, href=safe_url(evidence.url)),),
            (Run(" · ".join(t for t in (word("instrument", evidence.kind.value), evidence.issuer) if t)),),
            (Run(_dated(evidence)),),
            (Run(str(len(cells))),),
        )
        for number, (evidence, cells) in sorted(cited.items())
    ]
    columns = (_("Number"), _("Instrument"), _("Kind, publisher"), _("Dated"), _("Cells"))
    yield Table(_("Instruments cited"), columns, tuple(rows), (0.11, 0.41, 0.22, 0.16, 0.1))


def _dated(evidence: Evidence) -> str:
    """The day of the document; where only the day is known from which it is in force, it says so."""
    if evidence.adopted_on or not evidence.in_force_on:
        return day(evidence.adopted_on)
    return _("in force %(day)s") % {"day": day(evidence.in_force_on)}


def _period(voice: Standing) -> str:
    since = day(voice.valid_from)
    if voice.valid_to:
        return _("%(since)s to %(until)s") % {"since": since, "until": day(voice.valid_to)}
    return since


def _silence(desk: Desk, place: Place) -> Iterator[Text]:
    columns = desk.whole.columns
    silent = sum(not desk.whole.cell(place, c).voices for c in columns)
    if not silent:
        return
    if silent == len(columns):
        told = _("All %(total)s cells are not assessed: nobody has published anything on them.")
    elif desk.comparison.selected:  # the table above does not have all that is spoken of
        told = _("%(count)s of all %(total)s cells are not assessed: nobody has published anything on them.")
    else:
        told = _(
            "The other %(count)s of %(total)s cells are not assessed: nobody has published anything on them."
        )
    if desk.filtered:
        told = _("On %(count)s of %(total)s cells no entry is read here.")
    yield text_block(
        told % {"count": silent, "total": len(columns)},
        _("This says nothing about adoption."),
        desk.filtered,
    )


def _principles(desk: Desk, place: Place) -> Iterator[Text | Bullets]:
    """What the instruments that are cited here say on the report's principles, each with its source's number."""
    numbers = {s.uses[0].evidence.instrument_id: s for s in desk.register.sources if s.uses[0].evidence}
    lines = [
        (Run(principle_line(line.stated)), Run(" · "), _source(desk, line, numbers.get(line.instrument_id)))
        for line in told(desk.comparison.cell(place, column) for column in desk.comparison.columns)
    ]
    if lines:
        head = _("What the instruments say on the report's principles, where; it is never scored")
        yield Text((Run(head, bold=True),))
        yield Bullets(tuple(lines))


def _source(desk: Desk, line: Told, source: Source | None) -> Run:
    """The instrument's title, with its number in the annex if the shown axes cite it."""
    if source is None:
        return Run(line.title)
    return Run(f"{line.title} [{source.number}]", href=desk.place("evidence", source.anchor))


def _remarks(spoken: list[Spoken]) -> Iterator[Text | Bullets]:
    """Scope, owner, budget, searches, reasons and notes; then what other organisations say."""
    notes = tuple(runs for cell, voice in spoken if (runs := _note(cell, voice)))
    if notes:
        yield Text((Run(_("Notes on these cells"), bold=True),))
        yield Bullets(notes)
    reviews = tuple(_review(c, voice, review) for c, voice in spoken for review in voice.verdicts)
    if reviews:
        yield Text((Run(_("Reviews and disagreements"), bold=True),))
        yield Bullets(reviews)


def _note(cell: ComparedCell, voice: Standing) -> Runs:
    told = [
        _("Scope: %(text)s") % {"text": voice.scope_note} if voice.scope_note else "",
        _("Owner: %(text)s") % {"text": voice.owner} if voice.owner else "",
        _("Budget: %(text)s") % {"text": voice.budget} if voice.budget else "",
        _search(voice),
        _("Not applicable because: %(text)s") % {"text": voice.not_applicable_reason}
        if voice.not_applicable_reason
        else "",
        voice.note,
    ]
    sentences = " ".join(_sentence(t) for t in told if t)
    if not sentences:
        return ()
    return (Run(column_ref((cell.item, cell.domain)) + ".", bold=True), Run(" " + sentences))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else text + "."


def _search(voice: Standing) -> str:
    if not (voice.search_who and voice.search_where and voice.search_when):
        return ""
    return _("Searched by %(who)s in %(where)s on %(day)s") % {
        "who": voice.search_who,
        "where": voice.search_where,
        "day": day(voice.search_when),
    }


def _review(cell: ComparedCell, voice: Standing, review: Review) -> Runs:
    verdict = _("agrees") if review.agrees else _("disagrees")
    told = _("%(organisation)s %(verdict)s with %(said)s, %(day)s") % {
        "organisation": review.organisation,
        "verdict": verdict,
        "said": voice.organisation_name,
        "day": day(review.recorded_at.date()),
    }
    head = Run(column_ref((cell.item, cell.domain)) + ".", bold=True)
    reason = f": “{review.reason}”" if review.reason else ""
    source = _(" Other source: %(text)s.") % {"text": review.other_source} if review.other_source else ""
    return (head, Run(f" {told}{reason}{'' if reason else '.'}{source}"))


def _replies(spoken: list[Spoken]) -> Iterator[Block]:
    """Official replies, whole: what is cut is no reply."""
    if not any(voice.replies for _cell, voice in spoken):
        return
    yield Text((Run(_("Official replies, in full"), bold=True),))
    for cell, voice in spoken:
        for reply in voice.replies:
            head = _("%(organisation)s, %(day)s, on %(cell)s as assessed by %(said)s:") % {
                "organisation": reply.organisation,
                "day": day(reply.recorded_at.date()),
                "cell": column_ref((cell.item, cell.domain)),
                "said": voice.organisation_name,
            }
            yield Notice((Run(head, bold=True), Run(" " + reply.text)))
