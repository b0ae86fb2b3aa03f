"""What an instrument says on the report's notable recommendations, as a value. Optional, and never scored."""

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.kit.vocabulary import Payment, Principle

PRINCIPLE_FIELDS = ["principle", "locator", "how", "payment"]
_ORDER = {principle: rank for rank, principle in enumerate(Principle)}


@dataclass(frozen=True, slots=True)
class Stated:
    """The instrument says so, at `locator`. `how` and `payment` are of `survivor_informed` alone.

    `how`: how individuals who have experienced trafficking take part; `payment`: whether they are paid for it.
    """

    principle: Principle
    locator: str
    how: str = ""
    payment: Payment | None = None


def ordered(stated: Iterable[Stated]) -> tuple[Stated, ...]:
    """In the order of the vocabulary, so that two that say the same are equal."""
    return tuple(sorted(stated, key=lambda s: _ORDER[s.principle]))


def merged(before: Iterable[Stated], now: Iterable[Stated]) -> tuple[Stated, ...]:
    """What both say; where both tell of one principle, `now` counts."""
    return ordered(({s.principle: s for s in before} | {s.principle: s for s in now}).values())
