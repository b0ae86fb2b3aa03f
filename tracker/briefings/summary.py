"""The first part: key messages, everything at a glance, where to find it, how to cite it."""

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from tracker.briefings.desk import LONGEST_ADDRESS, Desk, text, text_block
from tracker.briefings.document import Block, Bullets, Chart, Mark, Notice, Part, Run, Runs, Text
from tracker.briefings.messages import Generated, generated
from tracker.briefings.method import withdrawn_told
from tracker.briefings.options import Message
from tracker.briefings.own_words import cells_of, named_in, without_names
from tracker.briefings.wording import axis_tag, axis_word, day, edition_reference, moment
from tracker.charts.layout import key_codes
from tracker.charts.spec import Glance, GlanceRow, QrCode
from tracker.compare.comparison import Column
from tracker.compare.wording import item_ref, place_heading
from tracker.frameworks.queries import Item
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, Domain, value, word

# More columns would be too narrow to read.
MOST_COLUMNS = 32


def summary(desk: Desk, question: str, fictional: str) -> tuple[Part, ...]:
    blocks: list[Block] = []
    if fictional:
        invented = _("Made up to show how the service works.")
        blocks.append(Notice((Run(fictional, bold=True), Run(" " + invented))))
    if gone := withdrawn_told(desk):
        blocks.append(Notice(text(gone)))
    if desk.filtered:
        blocks.append(Notice(text(desk.filtered)))
    messages = told(desk)
    blocks.append(Bullets(messages) if messages else text_block(_("No cell answers to what is shown here.")))
    parts = [Part("messages", _("Key messages"), 1, tuple(blocks))]
    if chart := _glance(desk):
        parts.append(Part("glance", _("At a glance"), 2, (chart,)))
    parts.append(Part("cite", _("How to find and cite it"), 2, tuple(_citation(desk, question))))
    return tuple(parts)


def told(desk: Desk) -> tuple[Runs, ...]:
    """The messages that were chosen, or those that the rules give."""
    offered = {m.key: m for m in generated(desk)}
    if desk.options.messages is None:
        return tuple(m.runs for m in offered.values() if m.first_choice)
    chosen = (_chosen(desk, m, offered) for m in desk.options.messages)
    return tuple(runs for runs in chosen if runs)


def _chosen(desk: Desk, message: Message, offered: dict[str, Generated]) -> Runs:
    """A generated message, with its sentence replaced where somebody wrote another; nothing where it is gone."""
    if message.text and not message.key:
        return _in_own_words(desk, message)
    found = offered.get(message.key)
    if not message.text:
        return found.runs if found else ()
    by = _("(Worded by %(author)s.)") % {"author": message.author} if message.author else _("(Edited.)")
    title = (Run(found.title, bold=True), Run(" ")) if found else ()
    return (*title, Run(f"{message.text} {by}"), *(found.references if found else ()))


def _in_own_words(desk: Desk, message: Message) -> Runs:
    """A sentence that no rule gave, so it says whose it is, with links to the cells that it names."""
    known = cells_of(desk.comparison)
    cells = [known[code] for code in named_in(message.text) if code in known]
    own = _("(In the words of %(author)s; no rule of this service gave them.)") % {"author": message.author}
    return (Run(f"{without_names(message.text)} {own}"), *desk.references(cells))


def _glance(desk: Desk) -> Chart | None:
    """All cells of few jurisdictions as tiles; none where there are too many to be seen at once."""
    comparison = desk.comparison
    if not desk.in_full or not 0 < len(comparison.columns) <= MOST_COLUMNS:
        return None
    rows = [
        GlanceRow(
            "" if n else place_heading(place),
            axis,
            axis_tag(axis),
            tuple(
                comparison.cell(place, column).value(axis).code
                for _d, columns in _groups(desk)
                for column in columns
            ),
        )
        for place in comparison.places
        for n, axis in enumerate(desk.axes)
    ]
    groups = tuple(
        (
            "" if domain is Domain.ALL else word("domain", domain.value),
            tuple(_head(item) for item, _domain in columns),
            tuple(item_ref(item) for item, _domain in columns),
        )
        for domain, columns in _groups(desk)
    )
    axes = " · ".join(axis_word(a) for a in desk.axes)
    spec = Glance(
        _("All cells at a glance: %(axes)s") % {"axes": axes},
        _(
            "The level of each cell, or the sign of why there is none; U is the Universal Competency, numbers are core competencies."
        )
        if any(_head(item) == "U" for item in comparison.items)
        else _("The level of each cell, or the sign of why there is none."),
        groups,
        tuple(rows),
    )
    key = tuple(
        Mark(
            "",
            code,
            f"{code} {value(axis, code).word} ({axis_tag(axis)})"
            if code.isdigit()
            else value(axis, code).word,
        )
        for axis, code in _once(key_codes(spec))
    )
    return Chart(spec, key)


def _once(codes: tuple[tuple[Axis, str], ...]) -> list[tuple[Axis, str]]:
    """A missing value means the same on both axes."""
    return [(a, c) for n, (a, c) in enumerate(codes) if c.isdigit() or c not in {c for _a, c in codes[:n]}]


def _groups(desk: Desk) -> list[tuple[Domain, list[Column]]]:
    comparison = desk.comparison
    return [(d, [c for c in comparison.columns if c[1] is d]) for d in comparison.domains]


def _head(item: Item) -> str:
    """The number that the source gives an item, or the first letter of its name."""
    digits = "".join(c for c in item.source_number if c.isdigit() or c == ".")
    return digits.strip(".") or (item.source_number or item.label)[:1].upper()


def _citation(desk: Desk, question: str) -> list[Block]:
    at, url = desk.comparison.at, desk.own_url
    edition, frozen = desk.options.edition, desk.options.snapshot
    if edition:
        reference = edition_reference(
            question, edition.number, edition.made_on, edition.by, desk.service_name, url
        )
    elif frozen and frozen.citation:
        reference = frozen.citation
    else:
        reference = _(
            "%(service)s. “%(question)s” Briefing, as of %(as_of)s, on what is in force on %(on)s."
        ) % {
            "service": desk.service_name,
            "question": question,
            "as_of": moment(at.as_of),
            "on": day(at.on),
        }
    reference = reference.removesuffix(url).strip()
    blocks: list[Block] = [Text((Run(reference + " "), desk.address(url)))]
    if frozen:
        blocks.append(
            text_block(_("The snapshot at this address never changes; what was redacted since says so."))
        )
    else:
        blocks.append(
            text_block(
                _("The address spells out both dates, so it gives the same answer after later publications.")
            )
        )
    blocks.append(text_block(_("Please cite the documents of the annex themselves for what they say.")))
    if len(url) <= LONGEST_ADDRESS:
        blocks.append(Chart(qr_code(url)))
    return blocks


def qr_code(address: str) -> QrCode:
    code = QRCode(version=None, errorCorrectLevel=QRErrorCorrectLevel.L)
    code.addData(address)
    code.make()
    modules = tuple("".join("1" if module else "0" for module in row) for row in code.modules)
    return QrCode(
        _("The same address for a telephone"), _("A QR code of the address above."), address, modules
    )
