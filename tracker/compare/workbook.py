"""A comparison as a workbook: the rows of the long CSV as text, and a sheet that says what they are.

Every cell is text, so nothing a person wrote can become a formula; the same content is the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from tracker.compare.comparison import Comparison
from tracker.compare.files import COLUMNS, long_rows, moment_text
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, Basis, Domain, Scope, word

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DATA, READ_ME = "Data", "Read me"
MOST_ROWS = 10_000
MOST_CHARACTERS = 32_767  # that a cell of a workbook can hold
_WIDE = {"item_title": 40, "sources": 60, "cell_url": 40}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHANGING = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
Told = tuple[str, str]


def comparison_xlsx(
    comparison: Comparison, base_url: str, locale: str = "en", *, told: Iterable[Told] = ()
) -> bytes:
    """The workbook. `told`: further lines of the sheet "Read me", before the others.

    Takes seconds for thousands of rows, so call it off the event loop. Raises Invalid for too many.
    """
    whole = [*told, *read_me(comparison, base_url), *codes()]
    return workbook_of(list(long_rows(comparison, base_url, locale)), whole)


def workbook_of(rows: Sequence[Sequence[str]], told: Iterable[Told]) -> bytes:
    """The workbook of rows in the order of COLUMNS, with what the sheet "Read me" says of them. Raises as above."""
    if len(rows) > MOST_ROWS:
        raise Invalid({"format": _("This is too much for a workbook. Download it as CSV.")})
    book = Workbook(write_only=True)
    _sheet(book, DATA, [_WIDE.get(name, 18) for name in COLUMNS], [COLUMNS, *rows])
    head = [(_("What"), _("Value"))]
    _sheet(book, READ_ME, [34, 100], [*head, *told])
    out = io.BytesIO()
    book.save(out)
    return always_the_same(out.getvalue())


def read_me(comparison: Comparison, base_url: str) -> Iterator[Told]:
    """What the sheet "Read me" says of a comparison."""
    at, framework = comparison.at, comparison.framework
    yield _("Service"), base_url
    yield _("In force on"), at.on.isoformat()
    yield _("Published by"), moment_text(at.as_of)
    yield _("Last published change"), at.dated.isoformat()
    yield _("Framework"), f"{framework.title} ({framework.name})"
    yield _("Licence of the framework's wording"), framework.licence or _("not stated")
    for name, text in comparison.query.parameters().items():
        yield _("Query: %(name)s") % {"name": name}, text
    for place in comparison.fictional_places:
        yield _("Fictional"), f"{place.name} ({place.code})"
    yield _("Reading the columns"), _("Each is told in the codebook. No cell is blank. Levels are ordinal.")
    yield _("Not affiliated"), _("Not affiliated with HHS, UNU, WHO, IOM or HEAL.")


def codes() -> Iterator[Told]:
    """What the codes of the columns mean."""
    for axis in Axis:
        for code in LEVEL_CODES:
            yield f"{axis.value} = {code}", f"{word(axis.value, code)}: {word(f'meaning.{axis.value}', code)}"
    for code in MISSING_CODES:
        yield code, f"{word('missing', code)}: {word('meaning.missing', code)}"
    for basis in Basis:
        yield f"basis = {basis.value}", word("meaning.basis", basis)
    for scope in Scope:
        yield f"scope = {scope.value}", word("scope", scope)
    for domain in Domain:
        yield f"domain = {domain.value}", word("domain", domain)


def _sheet(book: Any, title: str, widths: Sequence[int], rows: Iterable[Sequence[str]]) -> None:
    """A sheet of text. Its first row is its head and stays in sight."""
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, width in enumerate(widths, start=1):
        column = sheet.column_dimensions[get_column_letter(place)]
        column.width, column.number_format = width, "@"
    for number, row in enumerate(rows):
        sheet.append([_cell(sheet, text, head=number == 0) for text in row])


def _cell(sheet: Any, text: str, *, head: bool) -> Any:
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    if len(text) > MOST_CHARACTERS:
        cut = " " + _("[cut: the CSV has the whole]")
        text = text[: MOST_CHARACTERS - len(cut)] + cut
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # or a text that begins with = would be a formula
    if head:
        cell.font = Font(bold=True)
    elif sheet.title == READ_ME:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def always_the_same(workbook: bytes) -> bytes:
    """Without the times at which it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _CHANGING.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", content)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return out.getvalue()
