"""The rows of a set as values: what is written into them, one by one or many at once."""

from collections.abc import Mapping as ByName
from dataclasses import dataclass
from typing import Any

from tracker.access.actor import OrganisationActor
from tracker.crosswalks.content import MappingContent, NoCounterpartContent
from tracker.crosswalks.models import Mapping, NoCounterpart
from tracker.kit import clock
from tracker.kit.errors import Refused

TEXTS = ("rationale", "citation", "justification", "author")
_VALUES = (*TEXTS, "relation", "confidence", "strength")
Faults = dict[str, str]  # by field


@dataclass(frozen=True, slots=True)
class Lone:
    """That an item of `side` ("source" or "target") has no counterpart, and why."""

    side: str
    item: int
    content: NoCounterpartContent


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a set as it was seen: a mapping, or with `lone` a missing counterpart."""

    id: int
    version: int
    lone: bool


@dataclass(frozen=True, slots=True)
class Written:
    """What a set is to say. `over`: the row that says it from now on; None for a new one."""

    says: MappingContent | Lone
    over: Row | None = None


class Faulty(Refused):
    """`faults`: by the number of what was to be written, then by field."""

    def __init__(self, faults: ByName[int, Faults]) -> None:
        self.faults = dict(faults)
        super().__init__(" ".join(text for told in faults.values() for text in told.values()))


def values_of(content: MappingContent) -> dict[str, Any]:
    """The columns of a mapping that its content states, but for its day."""
    return {name: getattr(content, name) for name in _VALUES} | {
        "domains": ",".join(d.value for d in content.domains)
    }


def dated(content: MappingContent | NoCounterpartContent) -> dict[str, Any]:
    """The day it was written: today where the content states none."""
    return {"authored_on": content.authored_on or clock.today()}


def rewrite(row: Mapping | NoCounterpart, actor: OrganisationActor, values: ByName[str, Any]) -> None:
    """Give a row other values, as an edit that voids its review."""
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.author_id = actor.answerable
    row.reviewer, row.reviewer_id, row.reviewed_on = "", None, None
