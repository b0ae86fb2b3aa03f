"""What a file says of a crosswalk, by the keys of items. Pure: no format, no database."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from tracker.frameworks.tree import Fault
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Domain, Relation

# How the mapping was arrived at, in the words of the Semantic Mapping Vocabulary. "" is: not stated.
JUSTIFICATIONS = tuple(
    f"semapv:{name}"
    for name in (
        "ManualMappingCuration",
        "MappingReview",
        "LexicalMatching",
        "LogicalReasoning",
        "CompositeMatching",
        "UnspecifiedMatching",
        "SemanticSimilarityThresholdMatching",
        "LexicalSimilarityThresholdMatching",
        "MappingChaining",
        "MappingInversion",
        "StructuralMatching",
        "InstanceBasedMatching",
        "BackgroundKnowledgeBasedMatching",
    )
)
NOT_STATED = "semapv:UnspecifiedMatching"


@dataclass(frozen=True, slots=True)
class ItemName:
    """An item as a file names it. `framework`: `key@version`, "" where the file leaves it to be found."""

    key: str
    framework: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One mapping. With an empty side it says that the item of the other side has no counterpart there.

    `confidence` is 0 to 1, `strength` 0 to 10, None where not given. `where`: the rows of the file it came from.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    relation: Relation
    rationale: str
    domains: tuple[Domain, ...] = ()
    citation: str = ""
    justification: str = ""
    confidence: float | None = None
    strength: int | None = None
    author: str = ""
    authored_on: date | None = None
    reviewer: str = ""
    reviewed_on: date | None = None
    where: str = field(default="", compare=False)

    @property
    def lone(self) -> bool:
        """Whether it is of an item without a counterpart."""
        return not (self.sources and self.targets)

    @property
    def pair(self) -> tuple[frozenset[str], frozenset[str]]:
        return frozenset(self.sources), frozenset(self.targets)

    @property
    def unreviewed(self) -> "Said":
        """The same without its review: what an author says."""
        return replace(self, reviewer="", reviewed_on=None)


@dataclass(frozen=True, slots=True)
class Head:
    """What a set says of itself. What a file does not state is ""."""

    key: str = ""
    version: str = ""
    title: str = ""
    licence: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class SetContent:
    """A set between two framework versions, each named `key@version`."""

    head: Head
    source: str
    target: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping as the file has it: its items are not looked up yet."""

    said: Said
    sources: tuple[ItemName, ...]
    targets: tuple[ItemName, ...]
    column_of_source: str
    column_of_target: str
    other: str = ""  # of a lone item: the framework in which it has no counterpart, where the file says


@dataclass(frozen=True, slots=True)
class CrosswalkFile:
    """All that a file states. `notes`: what was passed over. `faults`: what is wrong with it in itself.

    A file with faults is never taken in; its items are looked up all the same, so that all faults are told at once.
    """

    head: Head
    named: tuple[Named, ...]
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def keys(self) -> set[str]:
        """The keys of all items it names."""
        return {item.key for n in self.named for item in (*n.sources, *n.targets) if item.key}


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults as the file has their rows, those of no row first; each once."""

    def row(fault: Fault) -> int:
        found = re.search(r"\d+", fault.where)
        return int(found[0]) if found else 0

    return tuple(sorted(dict.fromkeys(faults), key=row))


def without_missing(faults: Iterable[Fault], missing: Collection[str], header: str) -> Iterator[Fault]:
    """The faults but those that follow from columns that are not there, which the row `header` tells once."""
    return (fault for fault in faults if fault.field not in missing or fault.where == header)


# The framework versions that hold an item of a key.
Index = Mapping[str, Iterable[str]]


def split(file: CrosswalkFile, index: Index) -> tuple[list[SetContent], list[Fault]]:
    """A set for each pair of framework versions that the file relates, or what is wrong with its items."""
    faults: list[Fault] = []
    pairs: dict[tuple[str, str], list[Said]] = {}
    lone: list[tuple[Named, str, bool]] = []
    for named in file.named:
        sides = {
            "source": _framework(named, named.sources, named.column_of_source, index, faults),
            "target": _framework(named, named.targets, named.column_of_target, index, faults),
        }
        if named.said.lone:
            given = sides["source"] or sides["target"]
            if given:
                lone.append((named, given, bool(named.sources)))
        elif sides["source"] and sides["target"]:
            pairs.setdefault((sides["source"], sides["target"]), []).append(named.said)
    for named, given, of_source in lone:
        _place(named, given, of_source, pairs, faults)
    if not file.named and not faults and not file.faults:
        faults.append(Fault("", "", _("There is no mapping in it.")))
    for source, target in pairs:
        if source == target:
            faults.append(Fault("", "", _("Both sides are of %(name)s.") % {"name": source}))
    return [_set(file, pair, said, len(pairs) > 1) for pair, said in pairs.items()], faults


def _framework(
    named: Named, items: tuple[ItemName, ...], column: str, index: Index, faults: list[Fault]
) -> str:
    """The one framework version that all items of a side are of; "" when there is none, after saying so."""
    found: set[str] = set()
    for item in items:
        if not item.key:
            continue  # no item, which was told
        holders = list(index.get(item.key, ()))
        told = {"key": item.key[:60], "name": item.framework[:90], "all": ", ".join(sorted(holders))}
        if item.framework and item.framework not in holders:
            text = _("%(name)s has no item “%(key)s”.")
        elif not holders:
            text = _("No framework here has an item “%(key)s”.")
        elif not item.framework and len(holders) > 1:
            text = _("“%(key)s” is an item of several: %(all)s. The file must say of which.")
        else:
            found.add(item.framework or holders[0])
            continue
        faults.append(Fault(named.said.where, column, text % told))
    if len(found) > 1:
        told = {"all": ", ".join(sorted(found))}
        text = _("One side of a mapping is of one framework version; these are of %(all)s.")
        faults.append(Fault(named.said.where, column, text % told))
    return found.pop() if len(found) == 1 else ""


def _place(
    named: Named,
    given: str,
    of_source: bool,
    pairs: dict[tuple[str, str], list[Said]],
    faults: list[Fault],
) -> None:
    """Put an item without a counterpart into the set it is said of: the one named, else the only one there is."""
    if named.other:
        pair = (given, named.other) if of_source else (named.other, given)
        pairs.setdefault(pair, []).append(named.said)
        return
    fitting = [pair for pair in pairs if pair[0 if of_source else 1] == given]
    if len(fitting) == 1:
        pairs[fitting[0]].append(named.said)
        return
    column = named.column_of_target if of_source else named.column_of_source
    text = _("Say in which framework there is no counterpart: the file does not tell.")
    faults.append(Fault(named.said.where, column, text))


def _set(file: CrosswalkFile, pair: tuple[str, str], said: list[Said], several: bool) -> SetContent:
    """Where a file holds several sets, each gets a key and a title of its own pair."""
    source, target = pair
    head = file.head
    if several or not head.key:
        key = f"{source.partition('@')[0]}--{target.partition('@')[0]}"
        head = replace(head, key=key, title="" if several else head.title)
    return SetContent(head, source, target, tuple(said))
