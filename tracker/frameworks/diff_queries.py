"""Reading two versions of a framework to compare them."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.frameworks import queries
from tracker.frameworks.diff import Diff, compare
from tracker.kit.errors import Invalid, NotFound
from tracker.kit.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of a framework, newest first, and the two that are compared ("" while there is only one)."""

    key: str
    known: list[str]
    old: str
    new: str


async def chosen(db: AsyncSession, key: str, old: str, new: str) -> Versions:
    """Which two versions are meant; without `new` the newest, without `old` the one before that.

    Raises NotFound for an unknown framework, and Invalid naming `from` or `to` for an unknown version.
    """
    known = await queries.versions(db, key)
    if not known:
        raise NotFound(_("There is no such framework."))
    faults = {
        name: _("There is no version “%(text)s” of this framework.") % {"text": version[:60]}
        for name, version in (("from", old), ("to", new))
        if version and version not in known
    }
    new = new or known[0]
    if not faults and old == new:
        faults["from"] = _("Choose two different versions.")
    if faults:
        raise Invalid(faults)
    others = known[known.index(new) + 1 :] or [version for version in known if version != new]
    return Versions(key, known, old or (others[0] if others else ""), new)


async def diff(db: AsyncSession, key: str, old: str, new: str) -> Diff:
    """What became of each item of version `old` in version `new`. Raises NotFound."""
    before = await queries.framework(db, f"{key}@{old}")
    after = await queries.framework(db, f"{key}@{new}")
    if before is None or after is None:
        raise NotFound(_("There is no such framework."))
    return compare(before, after, (await queries.lineage(db, key, old, new)).pairs)
