"""A work as programs for references read it: BibTeX, RIS and CSL-JSON, all with the same facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tracker.compare.canonical import canonical_json

_BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: "\\" + sign for sign in "&%$#_"},
}
# Fields of BibTeX in the order in which they are written.
_ORDER = ("author", "title", "institution", "type", "number", "year", "month", "day", "version", "note")
# Their own braces keep a program from taking an organisation's name apart, and from changing capitals.
_AS_IT_IS = {"author", "title", "institution"}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a work is called in each form."""

    bibtex: str
    ris: str
    csl: str


DATA = Kind("misc", "DATA", "dataset")
REPORT = Kind("techreport", "RPRT", "report")


@dataclass(frozen=True, slots=True)
class Work:
    """What is cited. `key` is its name within a list of references; `edition` tells it from others of its title.

    `bibtex_also` and `csl_also` are what only that form has a place for.
    """

    kind: Kind
    key: str
    id: str
    author: str
    title: str
    publisher: str
    day: date
    edition: str
    note: str
    url: str
    bibtex_also: Mapping[str, str]
    csl_also: Mapping[str, str]

    def bibtex(self) -> str:
        """One entry."""
        texts = {
            "author": self.author,
            "title": self.title,
            "year": str(self.day.year),
            "month": str(self.day.month),
            "day": str(self.day.day),
            "note": self.note,
            **self.bibtex_also,
        }
        fields = [(name, _braced(name, texts[name])) for name in _ORDER if name in texts]
        lines = "".join(f"  {name} = {{{text}}},\n" for name, text in [*fields, ("url", self.url)])
        return f"@{self.kind.bibtex}{{{self.key},\n{lines}}}\n"

    def ris(self) -> str:
        """One record; its lines end as RIS has it."""
        fields = [
            ("TY", self.kind.ris),
            (
                "AU",
                f"{_one_line(self.author)},",
            ),  # the comma keeps a program from taking it apart as a person's name
            ("TI", _one_line(self.title)),
            ("PY", str(self.day.year)),
            ("DA", self.day.strftime("%Y/%m/%d")),
            ("ET", self.edition),
            ("PB", _one_line(self.publisher)),
            ("N1", self.note),
            ("ID", self.id),
            ("UR", self.url),
            ("ER", ""),
        ]
        return "".join(f"{tag}  - {text}\r\n" for tag, text in fields)

    def csl(self) -> str:
        """A list of one item."""
        item = {
            "id": self.key,
            "type": self.kind.csl,
            "title": self.title,
            "author": [{"literal": self.author}],
            "publisher": self.publisher,
            "issued": {"date-parts": [[self.day.year, self.day.month, self.day.day]]},
            "note": self.note,
            "URL": self.url,
            **self.csl_also,
        }
        return canonical_json([item]).decode()


def _braced(name: str, text: str) -> str:
    safe = "".join(_BIBTEX.get(sign, sign) for sign in _one_line(text))
    return f"{{{safe}}}" if name in _AS_IT_IS else safe


def _one_line(text: str) -> str:
    """A field of RIS ends with its line."""
    return " ".join(text.split())
