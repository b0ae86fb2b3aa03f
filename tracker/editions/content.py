"""What an edition says beside its snapshot, as a value that forms make and services take, and how it is told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tracker.briefings.options import PARTS, Edition, Frozen, Grade, Message, Options, Recommendation
from tracker.editions.models import EditionState, Trigger
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _

PAGE_SIZES = ("A4", "Letter")
MOST_MESSAGES, MOST_OWN, MOST_RECOMMENDATIONS = 5, 3, 6
# A register of a thousand jurisdictions, by all cells of the core competencies; anyone may freeze less.
MOST_CELLS = 30_000
# Of more cells a page does not ask what the record says of them now: the snapshot's page does.
MOST_SINCE = 6_000
PART_WORDS = {
    "messages": N_("Summary with the key messages"),
    "read": N_("How to read it"),
    "matrix": N_("The matrix"),
    "domains": N_("On paper beside in practice, by domain"),
    "change": N_("What changed"),
    "gaps": N_("Confirmed gaps, and what is unknown"),
    "recommendations": N_("Recommendations, where there are any"),
    "lens": N_("Through a crosswalk (inferred)"),
    "jurisdictions": N_("A page for each jurisdiction"),
    "evidence": N_("Evidence annex"),
    "method": N_("Method and limitations"),
    "data": N_("Data and how to cite"),
}
STATES = {
    "draft": N_("Draft"),
    "submitted": N_("Submitted"),
    "final": N_("Final"),
    "superseded": N_("Superseded"),
    "discarded": N_("Discarded"),
}
TRIGGERS = {
    "hand": N_("begun by hand"),
    "quarter": N_("begun by itself, for the new quarter"),
    "change": N_("begun by itself, for what it reads had changed"),
}
GRADES = {Grade.URGES: N_("urges"), Grade.CONSIDERS: N_("considers"), Grade.INVITES: N_("invites")}
STEPS = {
    "": N_("Waiting for its turn"),
    "reading": N_("Reading the snapshot again"),
    "composing": N_("Composing the parts"),
    "drawing": N_("Drawing the pages"),
    "keeping": N_("Keeping the files"),
}


def state_word(state: str) -> str:
    return _(STATES[state])


@dataclass(frozen=True, slots=True)
class Chosen:
    """A key message that was picked: `text` "" for the sentence as the rules give it. `author`: who wrote the text.

    `key`: "" for one in own words, which no rule gives (`tracker.briefings.own_words`).
    """

    key: str
    text: str = ""
    author: str = ""
    author_id: UUID | None = None


def watched(code: str, names: Collection[str]) -> bool:
    """Whether a cell, JURISDICTION/ITEM/DOMAIN, is among those named: all where none is.

    A name is a whole code or its beginning (a jurisdiction, or one item of it), or an item with or without its domain.
    """
    parts = code.split("/")
    ways = {"/".join(parts[a:b]) for a, b in ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3))}
    return not names or not ways.isdisjoint(names)


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation of the organisation."""

    grade: Grade
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """`messages`: None for those that the rules give. `before`: number of the edition that change is told since."""

    question: str = ""
    parts: tuple[str, ...] = PARTS
    locale: str = "en"
    page_size: str = "A4"
    since: date | None = None
    before: int | None = None
    lens: str = ""
    messages: tuple[Chosen, ...] | None = None
    recommendations: tuple[Advice, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """An edition, draft or final, as it is composed. `url`: its absolute address. `earlier`: (snapshot, day) of

    the edition `content.before`, where there is one. `until`: what was withdrawn by then is told; up to now if absent.
    """

    organisation: str
    number: int
    state: str
    url: str
    made_on: date
    snapshot_id: str
    content: Content
    earlier: tuple[str, date] | None = None
    until: datetime | None = None

    def options(self, frozen: Frozen) -> Options:
        """What `compose` is asked for. Its key messages and recommendations are the organisation's."""
        content = self.content
        before = (content.before, self.earlier[1]) if content.before and self.earlier else None
        chosen = content.messages
        return Options(
            question=content.question,
            parts=content.parts,
            since=None if before else content.since,
            lens=content.lens,
            messages=None
            if chosen is None
            else tuple(Message(m.key, m.text, self.organisation if m.text else "") for m in chosen),
            recommendations=tuple(
                Recommendation(self.organisation, r.grade, r.text) for r in content.recommendations
            ),
            snapshot=frozen,
            edition=Edition(self.number, self.state, self.url, self.made_on, self.organisation, before),
        )


@dataclass(frozen=True, slots=True)
class FinalEdition:
    """A final edition, for lists and feeds. `superseded`: a higher number of its briefing is final."""

    uid: UUID
    briefing: str
    number: int
    question: str
    organisation: str
    organisation_key: str
    fictional: bool
    locale: str
    snapshot_id: str
    published_at: datetime
    superseded: bool


@dataclass(frozen=True, slots=True)
class EditionLine:
    """An edition in a list of the organisation. `changes`: cells that read differently than before, as codes.

    `same_cells`: all that it compares was compared before; else nothing is known of changes.
    """

    id: UUID
    briefing_id: UUID
    public_id: str
    number: int
    state: EditionState
    trigger: Trigger
    question: str
    version: int
    changes: tuple[str, ...]
    same_cells: bool
    created_at: datetime
    submitted_by: UUID | None
    return_reason: str
