"""A briefing as plain data: parts made of blocks, the same for the page and the PDF.

Because both are drawn from one Document, a number can't differ between them. All text is plain
(never markup); each drawer escapes it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from tracker.charts.spec import Spec
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import language_told


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text. `href` is an absolute http(s) URL, or "#id" for a place in this document."""

    text: str
    bold: bool = False
    href: str = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Text:
    runs: Runs


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Runs, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and what they hold, one under the other."""

    rows: tuple[tuple[str, Runs], ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A boxed remark the reader must not miss: a disclaimer, what the document can't tell."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Mark:
    """One axis in one cell: `code` is "0" to "4" or a missing code, `label` its axis or domain, may be ""."""

    label: str
    code: str
    word: str


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Marks drawn one under the other; `remarks` are short words below them; the whole cell is one link."""

    marks: tuple[Mark, ...]
    remarks: str
    href: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    header: str
    href: str
    remark: str
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """`tight`: on paper a cell is its signs beside each other, without their words, so that a register can be leafed through."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    tight: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The first cell of each row is its header. `widths` are shares of the page's width, summing to 1."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Runs, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """The levels and missing values with their symbols, words and meanings."""

    title: str
    entries: tuple[tuple[Mark, str], ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One numbered document in the annex; `anchor` is what cell references point to."""

    number: int
    anchor: str
    title: str
    href: str
    lines: tuple[str, ...]
    quote: str
    quote_language: str
    translation: str

    @property
    def translation_heading(self) -> str:
        """What stands before the translation, the same on the page and in each file."""
        if not self.quote_language:
            return _("Translation:")
        return _("Translation from %(language)s:") % {"language": language_told(self.quote_language)}


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart; `key` explains, in words, the marks that it uses. It is also told as a table."""

    spec: Spec
    key: tuple[Mark, ...] = ()


Block = Text | Bullets | Facts | Notice | Matrix | Table | Key | Evidence | Chart


@dataclass(frozen=True, slots=True)
class Part:
    """`anchor` is unique in the document; `level` 1 for a part, 2 for a part of a part. `fresh`: begins a page."""

    anchor: str
    heading: str
    level: int
    blocks: tuple[Block, ...]
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """`question` is the title; `dated` is the day of the last published change, ISO; `footer` stands on each page."""

    question: str
    subtitle: str
    dated: str
    language: str
    direction: str
    publisher: str
    footer: str
    facts: Facts
    parts: tuple[Part, ...]

    @property
    def midnight(self) -> datetime:
        """In UTC, of `dated`; of the year 2000 where nothing was published yet, and so no day is known."""
        try:
            day = date.fromisoformat(self.dated)
        except ValueError:
            day = date(2000, 1, 1)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
