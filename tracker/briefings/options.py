"""What a briefing is asked to be, beside the comparison it is made of. Plain values, which an edition can keep."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

# In the order in which a briefing has them.
PARTS = (
    "messages",
    "read",
    "matrix",
    "domains",
    "change",
    "gaps",
    "recommendations",
    "lens",
    "jurisdictions",
    "evidence",
    "method",
    "data",
)
# Without them a reader would take the rest for more than it is.
ALWAYS = ("messages", "read", "method", "data")
# Up to so many jurisdictions a briefing treats each in full; above it is a register.
MOST_IN_FULL = 12


class Grade(StrEnum):
    """How strongly an organisation recommends."""

    URGES = "urges"
    CONSIDERS = "considers"
    INVITES = "invites"


@dataclass(frozen=True, slots=True)
class Message:
    """A key message that a human chose. `key`: of which generated one (messages.KEYS), or "" for an own one.

    `text`: what takes the place of its sentence, "" for the sentence as generated. `author`: who wrote the text.
    The cells that a generated message rests on stay with it.
    """

    key: str
    text: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What a named organisation recommends; never generated."""

    organisation: str
    grade: Grade
    text: str


@dataclass(frozen=True, slots=True)
class Frozen:
    """The snapshot that a briefing is made from: its id, SHA-256 (hexadecimal), absolute address and how to cite it.

    `licence`: of what it says, a key of `tracker.kit.licences`; "" where none is told.
    """

    id: str
    sha256: str
    url: str
    citation: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """`number` from 1; `state`: draft, final or superseded; `url`: the edition's own absolute address.

    `made_on`: the day on which it was made; `by`: the organisation that composed it; `before`: number and day of the
    edition that change is told since.
    """

    number: int
    state: str
    url: str
    made_on: date
    by: str
    before: tuple[int, date] | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """`question`: "" for the one that follows from the comparison.

    `parts`: of PARTS. `since`: change is told since what was in force on this day, by what had been published by
    `known_by`; without it, by what had been published at the comparison's own moment.
    `lens`: the key of a crosswalk. `messages`: None for those that the rules give, at most five.
    """

    question: str = ""
    parts: tuple[str, ...] = PARTS
    since: date | None = None
    known_by: datetime | None = None
    lens: str = ""
    messages: tuple[Message, ...] | None = None
    recommendations: tuple[Recommendation, ...] = ()
    snapshot: Frozen | None = None
    edition: Edition | None = None

    def has(self, part: str) -> bool:
        return part in self.parts


DEFAULT = Options()
