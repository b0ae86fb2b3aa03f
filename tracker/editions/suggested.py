"""The key messages that the rules suggest for an edition, for a person to choose from."""

from dataclasses import dataclass

from tracker.briefings.document import Bullets
from tracker.editions.assembly import Gathered


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`first_choice`: it is among those of a briefing that nobody edited."""

    key: str
    title: str
    sentence: str
    first_choice: bool


def suggestions(of: Gathered) -> list[Suggestion]:
    """In the order of the rules."""
    part = next(p for p in of.document().parts if p.anchor == "messages")
    found = [runs for block in part.blocks if isinstance(block, Bullets) for runs in block.items]
    return [Suggestion(str(n), r[0].text, r[1].text.strip(), True) for n, r in enumerate(found, 1)]
