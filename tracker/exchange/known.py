"""What an import is checked against, loaded once: places, items, instruments, and what is stored."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Domain, DraftState, MandateKind, Voice

_DOMAINS = {domain: number for number, domain in enumerate(Domain)}
_DOMAIN_OF = tuple(Domain)


def cell_key(jurisdiction_id: int, item_id: int, domain: str) -> int:
    """A cell as one number: a hundred thousand of these take a third of what tuples take."""
    return (jurisdiction_id << 32) | (item_id << 4) | _DOMAINS[domain]  # type: ignore[index]


def cell_of(key: int) -> tuple[int, int, Domain]:
    """(jurisdiction id, item id, domain) of a `cell_key`."""
    return key >> 32, (key >> 4) & 0xFFFFFFF, _DOMAIN_OF[key & 0xF]


@dataclass(frozen=True, slots=True)
class Ground:
    """A jurisdiction that the organisation may speak of. `line`: its id, then those above it, nearest first."""

    id: int
    line: tuple[int, ...]


def voice(
    own: UUID,
    line: Collection[int],
    stewards: dict[int, set[UUID]],
    held: dict[int, set[MandateKind]],
) -> Voice | None:
    """As `organisations.queries.voice_of`, on mandates that are loaded.

    `stewards`: by jurisdiction; `held`: the organisation's own mandates, by jurisdiction.
    """
    nearest = next((stewards[place] for place in line if place in stewards), set())
    if own in nearest:
        return Voice.SELF
    kinds = set().union(*(held[place] for place in line if place in held))
    return Voice.INDEPENDENT if kinds == {MandateKind.ASSESSOR} else None


@dataclass(frozen=True, slots=True)
class ItemGround:
    id: int
    domains: frozenset[str]


@dataclass(slots=True)
class Instruments:
    """The instruments an organisation may cite. Ids are kept as text, as the columns hold them."""

    own: set[str] = field(default_factory=set)
    titles: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    key_of: dict[str, str] = field(default_factory=dict)
    by_title: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def add(self, id_: str, key: str | None, title: str, jurisdiction_id: int, *, own: bool) -> None:
        self.titles[id_] = title
        if own:
            self.own.add(id_)
        if key:
            self.keys[key], self.key_of[id_] = id_, key
        self.by_title.setdefault(title, []).append((id_, jurisdiction_id))

    def resolve(self, text: str, line: tuple[int, ...]) -> tuple[str, str]:
        """(id, "") of the instrument that `text` names by id, key, or exact title; or ("", what is wrong).

        A title counts for instruments of the jurisdiction and of those above it (`line`).
        """
        if text in self.titles:
            return text, ""
        if text in self.keys:
            return self.keys[text], ""
        if text.lower() in self.titles:
            return text.lower(), ""
        here = [id_ for id_, place in self.by_title.get(text, ()) if place in line]
        if len(here) == 1:
            return here[0], ""
        if here:
            return "", _("Several instruments have this title here. Use the id of the one you mean.")
        return "", _(
            "No instrument you can cite here has this key, id or exact title. Add it in a cell's form first."
        )


@dataclass(slots=True)
class Stored:
    """What the organisation has said before, by cell key.

    `digests`: of the draft, else of the latest published revision. `states`: of those that are drafts.
    `revisions`: the id of the latest published one. `longer`: those with more citations than fit a row.
    """

    digests: dict[int, bytes] = field(default_factory=dict)
    states: dict[int, DraftState] = field(default_factory=dict)
    revisions: dict[int, int] = field(default_factory=dict)
    longer: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Known:
    places: dict[str, Ground]
    items: dict[tuple[str, str, str], ItemGround]
    instruments: Instruments
    stored: Stored
