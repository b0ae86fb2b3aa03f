"""How to cite a final edition: as text, BibTeX, RIS and CSL-JSON, all with the same facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from tracker.briefings.wording import edition_reference
from tracker.compare.canonical import canonical_json
from tracker.editions.assembly import Gathered
from tracker.editions.models import PublishedEdition
from tracker.kit.i18n import gettext as _
from tracker.snapshots.citations import bibtex_safe, one_line


@dataclass(frozen=True, slots=True)
class Reference:
    """What every form of the citation says. `url`: absolute, that of the edition."""

    briefing: str
    number: int
    title: str
    organisation: str
    service: str
    final: date
    snapshot: str
    sha256: str
    url: str

    @property
    def id(self) -> str:
        return f"tracker-briefing-{self.briefing}-{self.number}"

    @property
    def note(self) -> str:
        return _("Made from snapshot %(id)s, SHA-256 %(sha256)s") % {
            "id": self.snapshot,
            "sha256": self.sha256,
        }

    def text(self) -> str:
        """A sentence for a list of references."""
        return edition_reference(
            self.title, self.number, self.final, self.organisation, self.service, self.url
        )

    def bibtex(self) -> str:
        fields = {
            "author": "{" + bibtex_safe(self.organisation) + "}",
            "title": "{" + bibtex_safe(self.title) + "}",
            "institution": "{" + bibtex_safe(self.service) + "}",
            "type": "Briefing",
            "number": _("edition %(n)s") % {"n": self.number},
            "year": str(self.final.year),
            "month": str(self.final.month),
            "day": str(self.final.day),
            "note": bibtex_safe(self.note),
            "url": self.url,
        }
        lines = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items())
        return f"@techreport{{{self.id},\n{lines}}}\n"

    def ris(self) -> str:
        fields = [
            ("TY", "RPRT"),
            ("AU", f"{one_line(self.organisation)},"),  # the comma: it is no person
            ("TI", one_line(self.title)),
            ("PY", str(self.final.year)),
            ("DA", self.final.strftime("%Y/%m/%d")),
            ("ET", str(self.number)),
            ("PB", one_line(self.service)),
            ("N1", self.note),
            ("ID", self.id),
            ("UR", self.url),
            ("ER", ""),
        ]
        return "".join(f"{tag}  - {text}\r\n" for tag, text in fields)

    def csl(self) -> str:
        return canonical_json(
            [
                {
                    "id": self.id,
                    "type": "report",
                    "genre": "Briefing",
                    "title": self.title,
                    "author": [{"literal": self.organisation}],
                    "publisher": self.service,
                    "issued": {"date-parts": [[self.final.year, self.final.month, self.final.day]]},
                    "edition": str(self.number),
                    "note": self.note,
                    "URL": self.url,
                }
            ]
        ).decode()


# By the end of the address: (media type, how it is made).
FORMS: Mapping[str, tuple[str, Callable[[Reference], str]]] = {
    "bib": ("application/x-bibtex; charset=utf-8", Reference.bibtex),
    "ris": ("application/x-research-info-systems; charset=utf-8", Reference.ris),
    "csl.json": ("application/vnd.citationstyles.csl+json", Reference.csl),
}


def reference(final: PublishedEdition, of: Gathered) -> Reference:
    """The reference of an edition, in the current language."""
    return Reference(
        briefing=final.briefing_id,
        number=final.number,
        title=final.question,
        organisation=of.told.organisation,
        service=of.desk.service_name,
        final=final.recorded_at.date(),
        snapshot=of.snapshot.id,
        sha256=of.snapshot.sha256,
        url=of.told.url,
    )
