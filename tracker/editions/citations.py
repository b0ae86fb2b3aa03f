"""How to cite a final edition: as text, and as the work that programs for references read, with the same facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from tracker.briefings.wording import edition_reference
from tracker.editions.assembly import Gathered
from tracker.editions.models import PublishedEdition
from tracker.kit.i18n import gettext as _
from tracker.snapshots.works import REPORT, Work


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

    @property
    def work(self) -> Work:
        return Work(
            REPORT,
            key=self.id,
            id=self.id,
            author=self.organisation,
            title=self.title,
            publisher=self.service,
            day=self.final,
            edition=str(self.number),
            note=self.note,
            url=self.url,
            bibtex_also={
                "institution": self.service,
                "type": "Briefing",
                "number": _("edition %(n)s") % {"n": self.number},
            },
            csl_also={"genre": "Briefing", "edition": str(self.number)},
        )


# By the end of the address: (media type, its text).
FORMS: Mapping[str, tuple[str, Callable[[Work], str]]] = {
    "bib": ("application/x-bibtex; charset=utf-8", Work.bibtex),
    "ris": ("application/x-research-info-systems; charset=utf-8", Work.ris),
    "csl.json": ("application/vnd.citationstyles.csl+json", Work.csl),
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
