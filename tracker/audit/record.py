"""Adding to the log, in the same transaction as the change it tells of."""

import hashlib
import json
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.audit.models import AuditEvent, AuditHead
from tracker.db.base import select
from tracker.kit import clock


class Action(StrEnum):
    """Everything the log tells of. A service names one of these, never a free text."""

    ORGANISATION_ADDED = "organisation.added"
    ORGANISATION_CHANGED = "organisation.changed"
    ORGANISATION_SUSPENDED = "organisation.suspended"
    ORGANISATION_RESUMED = "organisation.resumed"
    MANDATE_ADDED = "mandate.added"
    MANDATE_ENDED = "mandate.ended"
    MEMBER_ADDED = "member.added"
    MEMBER_ROLE_CHANGED = "member.role_changed"
    MEMBER_REMOVED = "member.removed"
    INVITATION_SENT = "invitation.sent"
    INVITATION_REVOKED = "invitation.revoked"
    INVITATION_ACCEPTED = "invitation.accepted"
    PASSWORD_CHANGED = "password.changed"
    TOKEN_MADE = "token.made"
    TOKEN_REVOKED = "token.revoked"
    MAIL_CHOSEN = "mail.chosen"
    INSTRUMENT_ADDED = "instrument.added"
    INSTRUMENT_CHANGED = "instrument.changed"
    INSTRUMENT_DELETED = "instrument.deleted"
    INSTRUMENT_EVENT_RECORDED = "instrument.event_recorded"
    ATTACHMENT_ADDED = "attachment.added"
    ATTACHMENT_CHANGED = "attachment.changed"
    ATTACHMENT_DELETED = "attachment.deleted"
    ATTACHMENT_PUBLISHED = "attachment.published"
    DRAFT_SAVED = "draft.saved"
    DRAFT_DISCARDED = "draft.discarded"
    DRAFT_TAKEN_BACK = "draft.taken_back"
    DRAFT_SUBMITTED = "draft.submitted"
    DRAFT_RETURNED = "draft.returned"
    NOTICE_SENT = "notice.sent"
    NOTICE_REPLIED = "notice.replied"
    NOTICE_WITHDRAWN = "notice.withdrawn"
    REVIEW_PUBLISHED = "review.published"
    ENTRY_CONFIRMED = "entry.confirmed"
    REPORT_RECEIVED = "report.received"
    REPORT_ANSWERED = "report.answered"
    REPORT_PURGED = "report.purged"
    IMPORT_APPLIED = "import.applied"
    REVISION_PUBLISHED = "revision.published"
    REVISION_WITHDRAWN = "revision.withdrawn"
    CRITERION_ADDED = "criterion.added"
    CRITERION_CHANGED = "criterion.changed"
    CRITERION_MOVED = "criterion.moved"
    CRITERION_ARCHIVED = "criterion.archived"
    CRITERION_RESTORED = "criterion.restored"
    CRITERION_VALUE_SAVED = "criterion.value_saved"
    CRITERION_PUBLISHED = "criterion.published"
    CRITERION_WITHDRAWN = "criterion.withdrawn"
    TEXT_REDACTED = "text.redacted"
    RELEASE_PUBLISHED = "release.published"
    RELEASE_REWRITTEN = "release.rewritten"
    FRAMEWORK_IMPORTED = "framework.imported"
    CROSSWALK_STARTED = "crosswalk.started"
    CROSSWALK_CHANGED = "crosswalk.changed"
    CROSSWALK_IMPORTED = "crosswalk.imported"
    CROSSWALK_DISCARDED = "crosswalk.discarded"
    CROSSWALK_PUBLISHED = "crosswalk.published"
    CROSSWALK_SUPERSEDED = "crosswalk.superseded"
    MAPPING_ADDED = "mapping.added"
    MAPPING_CHANGED = "mapping.changed"
    MAPPING_REMOVED = "mapping.removed"
    MAPPING_REVIEWED = "mapping.reviewed"
    NO_COUNTERPART_ADDED = "no_counterpart.added"
    NO_COUNTERPART_CHANGED = "no_counterpart.changed"
    NO_COUNTERPART_REMOVED = "no_counterpart.removed"
    NO_COUNTERPART_REVIEWED = "no_counterpart.reviewed"
    EDITION_BEGUN = "edition.begun"
    EDITION_CHANGED = "edition.changed"
    EDITION_SUBMITTED = "edition.submitted"
    EDITION_RETURNED = "edition.returned"
    EDITION_DISCARDED = "edition.discarded"
    EDITION_FINAL = "edition.final"
    EDITION_FILES_KEPT = "edition.files_kept"
    SUBSCRIPTION_STARTED = "subscription.started"
    SUBSCRIPTION_ENDED = "subscription.ended"
    FRAMEWORK_SUCCESSION_STATED = "framework.succession_stated"
    ENTRIES_MOVED = "entries.moved_on"
    SNAPSHOT_FROZEN = "snapshot.frozen"
    SET_SAVED = "set.saved"
    SET_RENAMED = "set.renamed"
    SET_CHANGED = "set.changed"
    SET_DELETED = "set.deleted"
    SYNTHETIC_LOADED = "synthetic.loaded"


class Acting(Protocol):
    """Who acts for an organisation: a user, a token, or (None) the service itself."""

    @property
    def organisation_id(self) -> UUID: ...
    @property
    def by(self) -> UUID | None: ...


def digest(previous: str, sequence: int, fields: dict[str, Any]) -> str:
    """The SHA-256 (hex) of an event: its canonical JSON after its sequence and the hash before it."""
    body = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{sequence}\n{body}".encode()).hexdigest()


async def take_turn(db: AsyncSession) -> None:
    """Wait for every change that is being recorded, and let none be recorded before this transaction ends.

    For a change that must see what another one writes at the same moment, where there is no row that both may lock.
    What is read after it is up to date.
    """
    await _locked_head(db)


async def _locked_head(db: AsyncSession) -> AuditHead:
    return (await db.execute(select(AuditHead).where(AuditHead.id == 1).with_for_update())).scalar_one()


async def record(
    db: AsyncSession,
    action: Action,
    *,
    tenant: UUID,
    actor: UUID | None,
    subject: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append an event. `subject` says what was changed; `detail` is plain JSON, and holds no free text of drafts."""
    # The row lock on the head makes writers queue here, so the chain has no forks.
    head = await _locked_head(db)
    at, sequence = clock.now(), head.sequence + 1
    fields = {
        "at": at.isoformat(),
        "tenant": str(tenant),
        "actor": str(actor) if actor else None,
        "action": action.value,
        "subject": subject,
        "detail": detail or {},
    }
    event_hash = digest(head.hash, sequence, fields)
    db.add(
        AuditEvent(
            tenant_id=tenant,
            id=uuid4(),
            sequence=sequence,
            at=at,
            actor_id=actor,
            action=action.value,
            subject=subject,
            detail=detail or {},
            previous_hash=head.hash,
            hash=event_hash,
        )
    )
    head.sequence, head.hash = sequence, event_hash
    await db.flush()


async def record_by(
    db: AsyncSession, actor: Acting, action: Action, subject: str, detail: dict[str, Any] | None = None
) -> None:
    """`record` of what the actor did in its own organisation."""
    await record(db, action, tenant=actor.organisation_id, actor=actor.by, subject=subject, detail=detail)
