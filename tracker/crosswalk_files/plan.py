"""What importing a set would change in a stored one. Pure.

A file states a set whole: what it does not have is removed. What it has unchanged keeps its review, whatever the file
says of reviews: they are made here, by a second person.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from tracker.crosswalk_files.queries import Held
from tracker.crosswalk_files.values import Said
from tracker.frameworks.tree import Fault
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Relation

Likeness = Callable[[Said], Hashable]

# Which stored mapping one of the file is: the same relation between the same items first, then less and less.
_LIKENESSES: tuple[Likeness, ...] = (
    lambda said: (said.pair, said.lone, frozenset(said.domains), said.relation),
    lambda said: (said.pair, said.lone, frozenset(said.domains)),
    lambda said: (said.pair, said.lone),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """`changed`: what is held, with what it will say. `same`: how many stay as they are, with their reviews."""

    added: tuple[Said, ...] = ()
    changed: tuple[tuple[Held, Said], ...] = ()
    removed: tuple[Held, ...] = ()
    same: int = 0

    @property
    def empty(self) -> bool:
        return not (self.added or self.changed or self.removed)


def make_plan(said: Sequence[Said], held: Sequence[Held]) -> Plan:
    """Compare what a file says with what is held."""
    waiting, left = list(said), list(held)
    changed, same = [], 0
    for likeness in _LIKENESSES:
        like: dict[Hashable, list[Held]] = defaultdict(list)
        for one in reversed(left):
            like[likeness(one.said)].append(one)
        rest = []
        for said_ in waiting:
            found = like[likeness(said_)]
            if not found:
                rest.append(said_)
                continue
            before = found.pop()
            stated = said_ if said_.authored_on else replace(said_, authored_on=before.said.authored_on)
            if _text(stated) == _text(before.said):
                same += 1
            else:
                changed.append((before, stated))
        waiting, left = rest, [one for one in left if any(one is h for h in like[likeness(one.said)])]
    return Plan(tuple(waiting), tuple(changed), tuple(left), same)


def _text(said: Said) -> Said:
    """What its author says, whatever order its items are in."""
    return replace(said.unreviewed, sources=tuple(sorted(said.sources)), targets=tuple(sorted(said.targets)))


def faults_of(said: Sequence[Said]) -> list[Fault]:
    """What contradicts itself within a set."""
    faults = []
    lone = {(said_.sources, said_.targets): said_.where for said_ in said if said_.lone}
    for one in said:
        if one.lone or one.relation is Relation.NO_RELATIONSHIP:
            continue
        sides = [((key,), ()) for key in one.sources] + [((), (key,)) for key in one.targets]
        for side in sides:
            if side in lone:
                told = {"key": (*side[0], *side[1])[0], "where": lone[side]}
                text = _("“%(key)s” is related here, and %(where)s says that it has no counterpart.")
                faults.append(Fault(one.where, "", text % told))
    return faults
