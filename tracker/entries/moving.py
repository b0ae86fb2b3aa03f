"""Moving entries on to a later version of their framework: what is proposed for each of them. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from tracker.entries.content import Content
from tracker.frameworks.diff import Change, Diff
from tracker.frameworks.queries import Item
from tracker.kit.vocabulary import Axis, Domain, RevisionKind, Value, value


@dataclass(frozen=True, slots=True)
class Source:
    """What the organisation says of a cell of the earlier version: in its draft, else in what it published last.

    `mark` stands for exactly this state of it.
    """

    item: Item
    domain: Domain
    content: Content
    mark: str
    is_draft: bool

    def value(self, axis: Axis) -> Value:
        return value(axis, getattr(self.content, axis.value))

    def begun(self) -> Content:
        """The draft that it makes: a change, for nothing of the later version is published that it could correct."""
        return replace(self.content, kind=RevisionKind.CHANGE)


@dataclass(frozen=True, slots=True)
class Choice:
    """One draft to be made: of the new item, from the old one as it was when it was shown."""

    old_key: str
    new_key: str
    domain: str
    mark: str

    @property
    def code(self) -> str:
        return f"{self.old_key}|{self.new_key}|{self.domain}|{self.mark}"


def choice_of(code: str) -> Choice | None:
    """The choice that a form sends; None for what is none."""
    parts = code.split("|")
    return Choice(*parts) if len(parts) == 4 else None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft that may be made. `sources`: more than one where items were merged, for a person to choose.

    `merged`: all old items that the new one continues, also those without an entry. `done`: the organisation has
    a draft or an entry of the new cell already, so nothing is to be done.
    """

    item: Item
    domain: Domain
    changes: tuple[Change, ...]
    sources: tuple[Source, ...]
    merged: tuple[Item, ...]
    done: bool

    @property
    def change(self) -> str:
        return "+".join(self.changes)

    @property
    def several(self) -> bool:
        """Whether a person chooses among entries, or must know that other items came in."""
        return len(self.merged) > 1

    @property
    def look_at(self) -> bool:
        """Whether what is copied may no longer be right, so that a person must read it."""
        return bool({Change.SPLIT, Change.MERGED, Change.REWORDED, Change.OTHERWISE} & set(self.changes))

    def choice(self, source: Source) -> Choice:
        return Choice(source.item.key, self.item.key, self.domain.value, source.mark)


@dataclass(frozen=True, slots=True)
class Moving:
    """`staying`: entries whose item is gone, or no longer applies to their domain. They stay where they are."""

    diff: Diff
    proposals: tuple[Proposal, ...]
    staying: tuple[Source, ...]

    @property
    def open(self) -> tuple[Proposal, ...]:
        return tuple(proposal for proposal in self.proposals if not proposal.done)


def propose(diff: Diff, sources: Collection[Source], taken: Collection[tuple[int, Domain]]) -> Moving:
    """A proposal for each cell of the later version that an entry on the earlier one leads to.

    `taken`: (item, domain) of the later version of which the organisation has said something.
    """
    by_cell = {(source.item.id, source.domain): source for source in sources}
    order = {item.id: n for n, item in enumerate(diff.new.items)}
    proposals, staying = [], []
    moved: set[tuple[int, Domain]] = set()
    for line in diff.lines:
        domains = list(dict.fromkeys(s.domain for s in sources if s.item in line.old))
        for item in line.new:
            for domain in (d for d in diff.new.domains if d in domains and d in item.domains):
                found = tuple(by_cell[old.id, domain] for old in line.old if (old.id, domain) in by_cell)
                moved |= {(source.item.id, domain) for source in found}
                done = (item.id, domain) in taken
                proposals.append(Proposal(item, domain, line.changes, found, line.old, done))
    staying = [source for source in sources if (source.item.id, source.domain) not in moved]
    proposals.sort(key=lambda p: (order[p.item.id], tuple(Domain).index(p.domain)))
    return Moving(diff, tuple(proposals), tuple(staying))


def by_choice(moving: Moving) -> Mapping[tuple[str, str, str], tuple[Proposal, Source]]:
    """The proposals with each of their sources, by (old key, new key, domain)."""
    return {
        (source.item.key, proposal.item.key, proposal.domain.value): (proposal, source)
        for proposal in moving.proposals
        for source in proposal.sources
    }
