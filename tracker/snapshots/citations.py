"""How to cite a snapshot: as text, BibTeX, RIS and CSL-JSON, all with the same facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.compare.canonical import canonical_json
from tracker.compare.query import Query
from tracker.compare.wording import names_listed
from tracker.kit.i18n import format_date
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import word
from tracker.snapshots.queries import Snapshot
from tracker.snapshots.record import FORMAT

_BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: "\\" + sign for sign in "&%$#_"},
}


@dataclass(frozen=True, slots=True)
class Reference:
    """What every form of the citation says. `url` is absolute, of the page in one language."""

    id: str
    service: str
    title: str
    on: date
    as_of: date
    frozen: date
    sha256: str
    url: str

    @property
    def version(self) -> str:
        return _("snapshot %(id)s, format %(format)s") % {"id": self.id, "format": FORMAT}

    @property
    def note(self) -> str:
        return _("Published by %(as_of)s, in force on %(on)s. SHA-256 %(sha256)s") % {
            "as_of": self.as_of.isoformat(),
            "on": self.on.isoformat(),
            "sha256": self.sha256,
        }

    def text(self) -> str:
        """A sentence for a list of references."""
        return _(
            "%(service)s (%(year)s). %(title)s. Published by %(as_of)s, in force on %(on)s [data set; %(version)s]. "
            "Frozen %(frozen)s. %(url)s"
        ) % {
            "service": self.service,
            "year": self.frozen.year,
            "title": self.title,
            "as_of": format_date(self.as_of),
            "on": format_date(self.on),
            "version": self.version,
            "frozen": format_date(self.frozen),
            "url": self.url,
        }

    def bibtex(self) -> str:
        fields = {
            "author": "{" + bibtex_safe(self.service) + "}",
            "title": "{" + bibtex_safe(self.title) + "}",
            "year": str(self.frozen.year),
            "month": str(self.frozen.month),
            "day": str(self.frozen.day),
            "version": bibtex_safe(self.version),
            "note": bibtex_safe(self.note),
            "url": self.url,
        }
        lines = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items())
        return f"@misc{{tracker-{self.id},\n{lines}}}\n"

    def ris(self) -> str:
        fields = [
            ("TY", "DATA"),
            (
                "AU",
                f"{one_line(self.service)},",
            ),  # the comma keeps a program from taking it apart as a person's name
            ("TI", one_line(self.title)),
            ("PY", str(self.frozen.year)),
            ("DA", self.frozen.strftime("%Y/%m/%d")),
            ("ET", self.version),
            ("PB", one_line(self.service)),
            ("N1", self.note),
            ("ID", self.id),
            ("UR", self.url),
            ("ER", ""),
        ]
        return "".join(f"{tag}  - {text}\r\n" for tag, text in fields)

    def csl(self) -> bytes:
        return canonical_json(
            [
                {
                    "id": f"tracker-{self.id}",
                    "type": "dataset",
                    "title": self.title,
                    "author": [{"literal": self.service}],
                    "publisher": self.service,
                    "issued": {"date-parts": [[self.frozen.year, self.frozen.month, self.frozen.day]]},
                    "version": self.version,
                    "number": self.id,
                    "note": self.note,
                    "URL": self.url,
                }
            ]
        )


def reference(snapshot: Snapshot, *, service: str, base_url: str, locale: str) -> Reference:
    """The reference of a snapshot in the current language."""
    at = snapshot.comparison.at
    return Reference(
        id=snapshot.id,
        service=service,
        title=title(snapshot),
        on=at.on,
        as_of=at.as_of.date(),
        frozen=snapshot.frozen_at.date(),
        sha256=snapshot.sha256,
        url=f"{base_url}/{locale}/snapshots/{snapshot.id}",
    )


def title(snapshot: Snapshot) -> str:
    """The comparison in words."""
    comparison, framework = snapshot.comparison, snapshot.comparison.framework
    places = [(place.name, place.fictional) for place in comparison.places]
    return titled(comparison.query, framework.title, framework.version, places)


def titled(query: Query, framework: str, version: str, places: Sequence[tuple[str, bool]]) -> str:
    """A comparison in words. `places`: (name, whether fictional)."""
    axes = query.axes
    how = _("on paper and in practice") if len(axes) > 1 else word("axis", axes[0]).lower()
    told = _("Adoption in %(names)s, %(how)s: %(framework)s (%(version)s)") % {
        "framework": framework,
        "version": version,
        "names": names_listed([name for name, _fictional in places]),
        "how": how,
    }
    return f"{told} ({_('with fictional places')})" if any(invented for _n, invented in places) else told


def bibtex_safe(text: str) -> str:
    """What stands between braces of BibTeX."""
    return "".join(_BIBTEX.get(sign, sign) for sign in one_line(text))


def one_line(text: str) -> str:
    """A field of RIS ends with its line."""
    return " ".join(text.split())
