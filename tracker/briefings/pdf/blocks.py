"""Each kind of block of a briefing as flows."""

from collections.abc import Sequence
from itertools import groupby, zip_longest

from babel import Locale, UnknownLocaleError

from tracker.briefings.document import (
    Block,
    Bullets,
    Chart,
    Evidence,
    Facts,
    Key,
    Mark,
    Matrix,
    Notice,
    Run,
    Runs,
    Table,
    Text,
)
from tracker.briefings.pdf import fonts, matrix, mixed
from tracker.briefings.pdf.figure import figure
from tracker.briefings.pdf.layout import Box, Lines, Panel, Row, Stack
from tracker.briefings.pdf.pages import Flow, Sheet
from tracker.briefings.pdf.tagged import Node
from tracker.briefings.pdf.text import Typesetter
from tracker.briefings.pdf.wrap import ACCENT, MUTED, RULE, WASH, Style
from tracker.charts.spec import QrCode
from tracker.kit.i18n import current_locale, gettext

BODY = Style(10, 15)
SMALL = Style(8.5, 12)
TABLE = Style(8.8, 12.4)
TABLE_HEAD = Style(8.2, 11, font=fonts.BOLD)
FACT = Style(9, 13.5, MUTED)
FACT_VALUE = Style(9.5, 13.5)
DETAIL = Style(8.5, 12, MUTED)
TITLE = Style(9.8, 14, font=fonts.BOLD)
QUOTE = Style(9.3, 13.6, font=fonts.ITALIC)
TRANSLATION = Style(9, 13)
KEY_WORD = Style(8.5, 11.5, font=fonts.BOLD)

# Longer lines than this are hard to follow.
MEASURE = 435.0
# For the QR code beside the text that says where it leads.
QR_ROOM = 140.0
# An entry of a list that is no higher stands on one page: a line or two of it on the next would be lost.
WHOLE = 120.0
# A column of a table gives way to a word of at most so many characters; a longer one is broken.
LONGEST_WORD = 16


class Composer:
    """Turns blocks into flows on `sheets`, upright and sideways, and grows the structure below `section`."""

    def __init__(self, setter: Typesetter, sheets: tuple[Sheet, Sheet]) -> None:
        self._setter = setter
        self._sheets = sheets
        self._wide = sheets[0].measure
        self._measure = min(self._wide, MEASURE)

    def lines(self, runs: Runs, style: Style, room: float, node: Node, most: int = 0) -> Lines:
        return Lines(self._setter.lines(runs, style, room, most), style, node)

    def block(self, block: Block, section: Node) -> list[Flow]:
        """Flows of `block`; none for a text, list or key that holds nothing; a table without rows says so."""
        match block:
            case Text(runs) | Notice(runs) if not _holds(runs):
                return []
            case Table(caption=caption, rows=()) | Matrix(caption=caption, rows=()):
                runs = (Run(caption, bold=True), Run(" " + gettext("None.")))
                return [Flow(self.lines(runs, TABLE, self._wide, section.add("P")), 12, below=5)]
            case Text():
                return [Flow(self.lines(block.runs, BODY, self._measure, section.add("P")), 8)]
            case Bullets():
                return self._bullets(block, section)
            case Facts():
                return self.facts(block, section)
            case Notice():
                inner = self.lines(block.runs, TABLE, self._wide - 36, section.add("P"))
                return [
                    Flow(Panel(inner, self._wide, 10, WASH, ACCENT, 3), 12, whole=inner.height < 300, below=5)
                ]
            case Matrix():
                return matrix.compose(block, self._setter, section, self._sheets)
            case Table():
                return self._table(block, section)
            case Key():
                return self._key(block, section)
            case Evidence():
                return self._evidence(block, section)
            case Chart():
                return figure(block, self._setter, section, self._wide)

    def beside(self, blocks: tuple[Block, ...], section: Node) -> list[Flow] | None:
        """Texts with a QR code at their right; None for anything else."""
        *texts, last = blocks
        if not isinstance(last, Chart) or not isinstance(last.spec, QrCode):
            return None
        if not all(isinstance(block, Text) for block in texts):
            return None
        room = self._wide - QR_ROOM
        words: list[tuple[float, Box]] = [
            (8.0, self.lines(block.runs, BODY, room - 24, section.add("P")))
            for block in texts
            if isinstance(block, Text)
        ]
        code: list[tuple[float, Box]] = [
            (4.0 if n else 0.0, flow.box)
            for n, flow in enumerate(figure(last, self._setter, section, QR_ROOM))
        ]
        return [Flow(Row(((0, Stack(tuple(words))), (room, Stack(tuple(code))))), 0, whole=True, below=5)]

    def _bullets(self, block: Bullets, section: Node) -> list[Flow]:
        items = [runs for runs in block.items if _holds(runs)]
        listing = section.add("L") if items else section
        flows: list[Flow] = []
        for runs in items:
            item = listing.add("LI")
            sign = self.lines((Run("•"),), BODY, 10, item.add("Lbl"))
            words = self.lines(runs, BODY, self._measure - 16, item.add("LBody"))
            # an item that begins at the right has its sign there
            at = (self._measure - 8, 0) if mixed.begins_leftward(words.lines) else (2, 16)
            row = Row(((at[0], sign), (at[1], words)), least_share=60)
            flows.append(Flow(row, 4 if flows else 8, whole=row.height <= WHOLE))
        return flows

    def facts(self, block: Facts, section: Node) -> list[Flow]:
        """Labels in a column on the left, hairlines between; a table whose row headers are the labels."""
        table = section.add("Table") if block.rows else section
        rows = []
        for label, value in block.rows:
            node = table.add("TR")
            name = self.lines((Run(label),), FACT, 118, node.add("TH", scope="Row"))
            words = self.lines(value, FACT_VALUE, self._wide - 130, node.add("TD"))
            rows.append((0.0, Row(((0, name), (130, words)), self._wide, 3.5, rule=RULE)))
        return [Flow(Stack(tuple(rows)), 10, whole=len(rows) < 10, below=5)] if rows else []

    def _table(self, block: Table, section: Node) -> list[Flow]:
        table = section.add("Table")
        caption = self.lines((Run(block.caption),), matrix.CAPTION, self._wide, table.add("Caption"), most=4)
        at, rooms = self._columns(block, self._needs(block))
        head = self._cells([(Run(c),) for c in block.columns], TABLE_HEAD, at, rooms, table, "Column", most=6)
        rows = tuple((0.0, self._cells(list(r), TABLE, at, rooms, table, "Row")) for r in block.rows)
        stack = Stack(rows, Row(head.cells, self._wide, 5, WASH, RULE))
        return [
            Flow(caption, 12, keep=True),
            Flow(stack, 5, whole=stack.height < 0.4 * self._sheets[0].room, below=7),
        ]

    def _needs(self, block: Table) -> list[float]:
        """The width that the longest word of each column asks for, within reason, so that no date is broken."""
        longest = [max(name.split(), key=len, default="") for name in block.columns]
        for row in block.rows:
            for n, runs in enumerate(row[: len(longest)]):
                for run in runs:
                    if len(run.text) > len(longest[n]):
                        longest[n] = max(longest[n], *run.text.split(), key=len)
        # The first column is set in bold; so are the headings, which are smaller.
        faces = [fonts.BOLD, *[fonts.REGULAR] * len(longest)]
        return [
            fonts.about(word[:LONGEST_WORD], face) * TABLE.size + 10.5
            for word, face in zip(longest, faces, strict=False)
        ]

    def _columns(self, block: Table, needs: Sequence[float]) -> tuple[list[float], list[float]]:
        """Left edges and room of the columns, from their shares; none narrower than it needs while others have more."""
        count = max(len(block.columns), 1)
        shares = (
            block.widths if len(block.widths) == count and min(block.widths) > 0 else (1 / count,) * count
        )
        widths = [share / sum(shares) * self._wide for share in shares]
        lacking = [max(need - width, 0.0) for need, width in zip(needs, widths, strict=True)]
        spare = [max(width - need, 0.0) for need, width in zip(needs, widths, strict=True)]
        if 0 < sum(lacking) <= sum(spare):
            taken = sum(lacking) / sum(spare)
            widths = [w + more - less * taken for w, more, less in zip(widths, lacking, spare, strict=True)]
        return [sum(widths[:i]) + 5 for i in range(count)], [max(w - 10, 12) for w in widths]

    def _cells(
        self,
        texts: list[Runs],
        style: Style,
        at: list[float],
        rooms: list[float],
        table: Node,
        scope: str,
        most: int = 0,
    ) -> Row:
        """One row. Under "Column" every cell is a header, under "Row" the first is."""
        node = table.add("TR")
        cells: list[tuple[float, Box]] = []
        padded = [*texts, *[()] * len(at)]
        for index, (x, room, runs) in enumerate(zip(at, rooms, padded, strict=False)):
            heads = scope == "Column" or not index
            cell = node.add("TH", scope=scope) if heads else node.add("TD")
            shown = tuple(Run(r.text, True, r.href) for r in runs) if heads else runs
            cells.append((x, self.lines(shown, style, room, cell, most)))
        return Row(tuple(cells), self._wide, 5, rule=RULE)

    def _key(self, block: Key, section: Node) -> list[Flow]:
        """Two columns, one for each axis; a last group alone is halved. The structure keeps the order."""
        if not block.entries:
            return []
        title = self.lines((Run(block.title),), matrix.CAPTION, self._wide, section.add("P"), most=4)
        room = (self._wide - 24) / 2
        listing = section.add("L")
        groups = [
            [self._entry(mark, meaning, room, listing.add("LI")) for mark, meaning in entries]
            for _, entries in groupby(block.entries, key=lambda entry: entry[0].label)
        ]
        flows = [Flow(title, 14, keep=True)]
        while groups:
            left = groups.pop(0)
            half = (len(left) + 1) // 2
            left, right = (left, groups.pop(0)) if groups else (left[:half], left[half:])
            pairs = [
                tuple((x, entry) for x, entry in ((0.0, a), (room + 24, b)) if entry)
                for a, b in zip_longest(left, right)
            ]
            rows = tuple((0.0, Row(pair, pad=2)) for pair in pairs)
            flows.append(Flow(Stack(rows), 6, whole=True))
        return flows

    def _entry(self, mark: Mark, meaning: str, room: float, item: Node) -> Row:
        tile = matrix.Tile(mark.code, (), ())
        label = item.add("Lbl")
        name = f"{mark.label}: {mark.word}" if mark.label else mark.word
        words = Stack(
            (
                (0.0, self.lines((Run(name),), KEY_WORD, room - 24, label, most=4)),
                (0.0, self.lines((Run(meaning),), SMALL, room - 24, item.add("LBody"), most=12)),
            )
        )
        patch = matrix.Cell((tile,), (), room, "", label)
        return Row(((0, patch), (24, words)))

    def _evidence(self, block: Evidence, section: Node) -> list[Flow]:
        entry = section.add("Sect")
        number = self.lines((Run(f"{block.number}"),), TITLE, 26, entry.add("P"))
        room = self._measure - 4
        items: list[tuple[float, Box]] = [
            (0.0, self.lines((Run(block.title, href=block.href),), TITLE, room, entry.add("P")))
        ]
        items += [(1.0, self.lines((Run(t),), DETAIL, room, entry.add("P"))) for t in block.lines if t]
        if block.quote:
            items.append((6.0, self._quote(block, room, entry.add("BlockQuote"))))
        # A title that fills half a page may stand alone: what is held to it would have no room.
        held = 3 if items[0][1].height < self._sheets[0].room / 2 else 1
        told = Stack(tuple(items), held=held)
        box = Row(((0, number), (30, told)), least_share=self._sheets[0].room * 0.4)
        return [Flow(box, 14, anchors=(block.anchor,))]

    def _quote(self, block: Evidence, room: float, node: Node) -> Panel:
        """The words of the source in its own language; below them what they mean, named as a translation."""
        language = node.add("P", language=block.quote_language)
        items: list[tuple[float, Box]] = [(0.0, self.lines((Run(block.quote),), QUOTE, room - 14, language))]
        if block.translation:
            origin = gettext("Translation from %(language)s:") % {"language": _language(block.quote_language)}
            runs = (Run(origin, bold=True), Run(" " + block.translation))
            items.append((4.0, self.lines(runs, TRANSLATION, room - 14, node.add("P"))))
        return Panel(Stack(tuple(items)), room, 3, bar=RULE)


def _holds(runs: Runs) -> bool:
    return any(run.text.strip() for run in runs)


def _language(code: str) -> str:
    """The name of a language in the reader's; its code where it is not known."""
    try:
        return Locale.parse(code, sep="-").get_display_name(current_locale()) or code
    except (ValueError, UnknownLocaleError):
        return code
