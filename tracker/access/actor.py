"""Who acts: a signed-in user, and a user acting for one organisation."""

from dataclasses import dataclass
from uuid import UUID

from tracker.access.permissions import GRANTS, Permission, Role
from tracker.kit.errors import Forbidden
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import OrganisationKind


@dataclass(frozen=True, slots=True)
class Member:
    """One of the user's memberships."""

    organisation_id: UUID
    organisation_key: str
    organisation_name: str
    organisation_kind: OrganisationKind
    fictional: bool
    role: Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user. `session_hash` names the session, for sign-out and for form tokens."""

    user_id: UUID
    name: str
    email: str
    session_hash: str
    memberships: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class OrganisationActor:
    """A user (None: a token, or the service itself at the command line) acting for an organisation in a role."""

    user_id: UUID | None
    organisation_id: UUID
    organisation_key: str
    organisation_name: str
    organisation_kind: OrganisationKind
    fictional: bool
    role: Role
    token_id: UUID | None = None

    @property
    def by(self) -> UUID | None:
        """Who is written down as having done it: the user, or the token."""
        return self.user_id or self.token_id

    def may(self, permission: Permission) -> bool:
        return permission in GRANTS[self.role]

    def require(self, permission: Permission) -> None:
        """Raises Forbidden when the role lacks the permission."""
        if not self.may(permission):
            raise Forbidden(_("Your role in this organisation does not allow this."))
