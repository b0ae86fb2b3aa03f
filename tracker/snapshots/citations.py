"""How to cite a snapshot: as text, and as the work that programs for references read, with the same facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.compare.query import Query
from tracker.compare.wording import names_listed
from tracker.kit.i18n import format_date
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import word
from tracker.snapshots.queries import Snapshot
from tracker.snapshots.record import FORMAT
from tracker.snapshots.works import DATA, Work


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

    @property
    def work(self) -> Work:
        return Work(
            DATA,
            key=f"tracker-{self.id}",
            id=self.id,
            author=self.service,
            title=self.title,
            publisher=self.service,
            day=self.frozen,
            edition=self.version,
            note=self.note,
            url=self.url,
            bibtex_also={"version": self.version},
            csl_also={"version": self.version, "number": self.id},
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
