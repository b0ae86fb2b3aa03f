"""Writing what an edition says into its row and the rows of its texts, once it was looked whether it can be taken."""

from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tracker.access.actor import OrganisationActor
from tracker.briefings.options import ALWAYS, PARTS
from tracker.editions.content import MOST_MESSAGES, MOST_RECOMMENDATIONS, PAGE_SIZES, Content
from tracker.editions.models import QUESTION_LENGTH, TEXT_LENGTH, Edition, EditionText, TextKind
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _


def check(content: Content) -> None:
    """Raises Invalid for a content that can't be taken."""
    faults: dict[str, str] = {}
    if len(content.question) > QUESTION_LENGTH:
        faults["question"] = _("Use at most %(most)s characters.") % {"most": QUESTION_LENGTH}
    if not set(content.parts) <= set(PARTS):
        faults["parts"] = _("One of these parts is not known.")
    if content.page_size not in PAGE_SIZES:
        faults["page_size"] = _("This size is not known.")
    if content.messages is not None and not 1 <= len(content.messages) <= MOST_MESSAGES:
        faults["messages"] = _("Choose one to five key messages.")
    texts = [m.text for m in content.messages or ()] + [r.text for r in content.recommendations]
    if any(len(text) > TEXT_LENGTH for text in texts):
        faults["messages"] = _("Use at most %(most)s characters for each text.") % {"most": TEXT_LENGTH}
    if len(content.recommendations) > MOST_RECOMMENDATIONS:
        faults["recommendations"] = _("Give at most %(n)s recommendations.") % {"n": MOST_RECOMMENDATIONS}
    if faults:
        raise Invalid(faults)


def columns_of(content: Content) -> dict[str, Any]:
    """The columns of an edition. Recommendations that are given are shown."""
    kept = {*ALWAYS, "recommendations"} if content.recommendations else {*ALWAYS}
    return {
        "question": content.question,
        "parts": [part for part in PARTS if part in content.parts or part in kept],
        "locale": content.locale,
        "page_size": content.page_size,
        "since": None if content.before else content.since,
        "before": content.before,
        "lens": content.lens,
        "chosen": content.messages is not None,
    }


async def keep_texts(db: AsyncSession, actor: OrganisationActor, edition: Edition, content: Content) -> None:
    def row(kind: TextKind, position: int, **more: Any) -> EditionText:
        return EditionText(
            tenant_id=actor.organisation_id,
            id=uuid4(),
            edition_id=edition.id,
            kind=kind,
            position=position,
            **more,
        )

    for position, m in enumerate(content.messages or (), 1):
        author: dict[str, Any] = {"author_id": m.author_id, "author": m.author} if m.text else {}
        db.add(row(TextKind.MESSAGE, position, key=m.key, text=m.text, **author))
    for position, r in enumerate(content.recommendations, 1):
        db.add(row(TextKind.RECOMMENDATION, position, grade=r.grade.value, text=r.text))
    await db.flush()


async def write_anew(db: AsyncSession, actor: OrganisationActor, edition: Edition, content: Content) -> None:
    """Give an edition other texts and settings in the place of those it has."""
    await db.execute(sa.delete(EditionText).where(col(EditionText.edition_id) == edition.id))
    for name, value in columns_of(content).items():
        setattr(edition, name, value)
    await keep_texts(db, actor, edition, content)
