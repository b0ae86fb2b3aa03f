"""Roles and what each may do in its organisation."""

from enum import StrEnum


class Role(StrEnum):
    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"
    ADMIN = "admin"
    OPERATOR = "operator"


class Permission(StrEnum):
    READ_DRAFTS = "read_drafts"
    WRITE_DRAFTS = "write_drafts"
    REVIEW = "review"
    ADMINISTER = "administer"
    # Frameworks and drafts of crosswalks: what a program may do for an operator, other than publish.
    PREPARE = "prepare"
    OPERATE = "operate"


_VIEWER = frozenset({Permission.READ_DRAFTS})
_CONTRIBUTOR = _VIEWER | {Permission.WRITE_DRAFTS}
_REVIEWER = _CONTRIBUTOR | {Permission.REVIEW}
_ADMIN = _REVIEWER | {Permission.ADMINISTER}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.CONTRIBUTOR: _CONTRIBUTOR,
    Role.REVIEWER: _REVIEWER,
    Role.ADMIN: _ADMIN,
    Role.OPERATOR: _ADMIN | {Permission.PREPARE, Permission.OPERATE},
}
