"""What stands before and after the parts: the cover with its contents, and what the file could not show."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from tracker.briefings.document import Document, Part, Run
from tracker.briefings.pdf import fonts
from tracker.briefings.pdf.blocks import SMALL, Composer
from tracker.briefings.pdf.layout import Box, Row, Stack
from tracker.briefings.pdf.pages import Flow, Sheet
from tracker.briefings.pdf.pen import Pen
from tracker.briefings.pdf.tagged import Node
from tracker.briefings.pdf.text import Notes
from tracker.briefings.pdf.wrap import ACCENT, INK, MUTED, Style
from tracker.kit.i18n import gettext

PUBLISHER = Style(9.5, 13, ACCENT, font=fonts.BOLD)
SUBTITLE = Style(11.5, 16, MUTED)
HEADINGS = {1: Style(17, 22, ACCENT, font=fonts.BOLD), 2: Style(12.5, 17, INK, font=fonts.BOLD)}
CONTENTS = Style(9.5, 14, quiet=True)
# The contents must leave the cover a cover; longer ones are left to the bookmarks.
LEAST_CONTENTS, MOST_CONTENTS = 3, 16


def _title_style(title: str) -> Style:
    for longest, size in ((90, 28.0), (180, 22.0), (400, 16.0)):
        if len(title) <= longest:
            return Style(size, size * 1.25, font=fonts.BOLD)
    return Style(12, 16, font=fonts.BOLD)


@dataclass(frozen=True, slots=True)
class Accent:
    """A short bar above the title, with air around it."""

    height: float = 38.0
    least: float = 38.0

    def split(self, room: float) -> None:
        return None

    def draw(self, pen: Pen, x: float, top: float) -> None:
        pen.fill(x, top - self.height + 22, 64, 5, ACCENT)


@dataclass(frozen=True, slots=True)
class PageNumber:
    """The number of the page where `anchor` came to stand, set to the right of `room`."""

    anchor: str
    room: float
    node: Node
    height: float = CONTENTS.leading
    least: float = CONTENTS.leading

    def split(self, room: float) -> None:
        return None

    def draw(self, pen: Pen, x: float, top: float) -> None:
        text = str(pen.numbers[self.anchor])
        left = x + self.room - fonts.width(text, CONTENTS.font) * CONTENTS.size
        pen.word(text, CONTENTS, left, top, self.node)


def cover(document: Document, composer: Composer, root: Node, sheet: Sheet) -> list[Flow]:
    """The question as title, and who asks and answers it; the key messages follow on the same page."""
    section = root.add("Sect")
    style = _title_style(document.question)
    wide = sheet.measure
    flows = [
        Flow(
            composer.lines((Run(document.publisher),), PUBLISHER, wide, section.add("P"), most=3), keep=True
        ),
        Flow(Accent(), keep=True),
        Flow(composer.lines((Run(document.question),), style, wide - 20, section.add("H1"))),
    ]
    if document.subtitle:
        flows.append(
            Flow(composer.lines((Run(document.subtitle),), SUBTITLE, wide - 40, section.add("P")), 8)
        )
    return flows


def about(document: Document, composer: Composer, root: Node, sheet: Sheet) -> list[Flow]:
    """What follows on which page, and what the briefing reads: after the summary, which is what most come for."""
    listed = contents(document.parts, composer, root.add("Sect"), sheet.measure)
    section = root.add("Sect")
    part = Part("", gettext("What this briefing reads"), 2, ())
    head = heading(part, composer, section, sheet.measure)
    return [*listed, head, *composer.facts(document.facts, section)]


def contents(parts: Sequence[Part], composer: Composer, section: Node, wide: float) -> list[Flow]:
    """A line for each part with its page, in two columns; nothing where there are too few or too many."""
    listed = [part for part in parts if part.anchor and part.heading]
    if len(listed) > MOST_CONTENTS:
        listed = [part for part in listed if part.level == 1]
    if not LEAST_CONTENTS <= len(listed) <= MOST_CONTENTS:
        return []
    title = Flow(
        composer.lines((Run(gettext("Contents"), bold=True),), CONTENTS, wide, section.add("P")),
        22,
        keep=True,
    )
    toc = section.add("TOC")
    room = (wide - 24) / 2
    cells: list[Box] = []
    for part in listed:
        entry = toc.add("TOCI").add("Reference")
        indent = 0.0 if part.level == 1 else 16.0
        runs = (Run(part.heading, bold=part.level == 1, href=f"#{part.anchor}"),)
        words = composer.lines(runs, CONTENTS, room - 50, entry, most=2)
        cells.append(Row(((indent, words), (room - 40, PageNumber(part.anchor, 40, entry)))))
    half = (len(cells) + 1) // 2
    rows = zip_longest(cells[:half], cells[half:])
    pairs = [Row(tuple((x, c) for x, c in ((0.0, a), (room + 24, b)) if c)) for a, b in rows]
    stack = Stack(tuple((2.0, pair) for pair in pairs))
    return [title, Flow(stack, 4, whole=True)]


def heading(part: Part, composer: Composer, section: Node, wide: float) -> Flow:
    level = 1 if part.level <= 1 else 2
    style = HEADINGS[level]
    lines = composer.lines((Run(part.heading or "—"),), style, wide, section.add(f"H{level + 1}"), most=8)
    return Flow(
        lines,
        34 if level == 1 else 22,
        keep=True,
        anchors=(part.anchor,),
        level=level,
        title=part.heading,
        fresh=part.fresh,
    )


def reservations(notes: Notes) -> list[str]:
    """A sentence for each thing that had to be done to the texts so that they could be drawn."""
    said = []
    if notes.missing:
        kinds = sorted(notes.missing)
        names = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, '')}".strip() for c in kinds[:12])
        said.append(
            gettext(
                "%(count)d characters of %(kinds)d kinds are not in the typefaces of this file. "
                "They stand as \ufffd or as a count in square brackets: %(names)s"
            )
            % {
                "count": notes.missing.total(),
                "kinds": len(kinds),
                "names": names + (", …" if kinds[12:] else "."),
            }
        )
    if notes.controls:
        said.append(
            gettext("%(count)d invisible control characters were left out.") % {"count": notes.controls}
        )
    if notes.shortened:
        said.append(
            gettext("%(count)d texts were too long for their place and are cut, marked by “…”.")
            % {"count": notes.shortened}
        )
    if notes.links:
        said.append(
            gettext(
                "%(count)d links were left out: only web addresses and places in this document are linked."
            )
            % {"count": notes.links}
        )
    return said


def closing(notes: Notes, composer: Composer, root: Node, wide: float) -> list[Flow]:
    """What this file had to leave out, at its end; no flows where there is nothing to say."""
    said = reservations(notes)
    if not said:
        return []
    section = root.add("Sect")
    part = Part("", gettext("What this file could not show"), 2, ())
    flows = [heading(part, composer, section, wide)]
    flows += [Flow(composer.lines((Run(text),), SMALL, min(wide, 435), section.add("P")), 6) for text in said]
    return flows
