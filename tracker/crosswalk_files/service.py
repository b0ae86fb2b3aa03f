"""Importing a crosswalk's file into drafts: by the workbench's own verbs, all of it or nothing.

A set of the file goes into the draft of its key; where there is a published set only, into a new version that begins
as its copy; where there is none, into a new set.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Permission
from tracker.audit.record import Action
from tracker.crosswalk_files import queries
from tracker.crosswalk_files.plan import Plan, faults_of, make_plan
from tracker.crosswalk_files.queries import Held, Side
from tracker.crosswalk_files.values import CrosswalkFile, Head, Said, SetContent, split
from tracker.crosswalks import mapping_service, service
from tracker.crosswalks.content import MappingContent, NoCounterpartContent, SetHead
from tracker.crosswalks.models import Crosswalk
from tracker.frameworks.tree import Fault, Unreadable
from tracker.kit.errors import Conflict, Invalid, NotFound
from tracker.kit.i18n import gettext as _

FIRST_VERSION = "1"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, or would be, with one set. `begun`: "" into a draft that was there, else "new" or "copy"."""

    name: str
    title: str
    source: str
    target: str
    begun: str
    plan: Plan
    head: bool
    reviews: int

    @property
    def empty(self) -> bool:
        return self.plan.empty and not self.begun and not self.head


async def import_file(
    db: AsyncSession, actor: OrganisationActor, file: CrosswalkFile, *, sha256: str, say: Say | None = None
) -> list[Report]:
    """Take in all sets of a file; the caller's transaction keeps all of it or nothing.

    Raises Unreadable with every fault, by row and field. `say` hears of progress.
    """
    actor.require(Permission.OPERATE)
    contents, faults = split(file, await queries.index(db, file.keys))
    for content in contents:
        faults += faults_of(content.said)
    if faults:
        raise Unreadable(tuple(faults))
    return [await _import(db, actor, content, sha256, say or (lambda _text: None)) for content in contents]


async def _import(
    db: AsyncSession, actor: OrganisationActor, content: SetContent, sha256: str, say: Say
) -> Report:
    source, target = await queries.side(db, content.source), await queries.side(db, content.target)
    for name, side in ((content.source, source), (content.target, target)):
        if side is None:  # named only as where something has no counterpart
            raise _refused(_("There is no framework %(name)s.") % {"name": name[:90]})
    assert source is not None
    assert target is not None
    crosswalk, begun = await _draft(db, actor, content, source, target)
    crosswalk = await service.locked_draft(db, actor, crosswalk.id)
    stored = await queries.stored(db, crosswalk.id)
    assert stored is not None
    plan = make_plan(content.said, stored.held)
    head = False if begun == "new" else await _change_head(db, actor, crosswalk, content.head)
    await _Carrier(db, actor, crosswalk.id, source, target, say).carry_out(plan)
    report = Report(
        name=f"{crosswalk.key}@{crosswalk.version}",
        title=crosswalk.title,
        source=content.source,
        target=content.target,
        begun=begun,
        plan=plan,
        head=head,
        reviews=sum(bool(said.reviewed_on) for said in (*plan.added, *(new for _old, new in plan.changed))),
    )
    if not report.empty:
        told = {"added": len(plan.added), "changed": len(plan.changed), "removed": len(plan.removed)}
        await service.tell(db, actor, Action.CROSSWALK_IMPORTED, crosswalk, sha256=sha256, **told)
    return report


async def _draft(
    db: AsyncSession, actor: OrganisationActor, content: SetContent, source: Side, target: Side
) -> tuple[Crosswalk, str]:
    """The draft that takes the set, begun where there is none."""
    head = content.head
    sets = await queries.sets_of_key(db, head.key)
    for one in sets[:1]:
        if (one.source_version_id, one.target_version_id) != (source.id, target.id):
            told = {"key": head.key[:130], "source": content.source, "target": content.target}
            text = _(
                "The crosswalk “%(key)s” is not between %(source)s and %(target)s. Give the file another key."
            )
            raise _refused(text % told, "key")
    draft = next((one for one in sets if one.state == "draft"), None)
    try:
        if draft:
            return draft, ""
        if sets:
            newest = next((one for one in sets if one.state == "published"), sets[0])
            return await service.start_copy(db, actor, newest.id, key=head.key, version=head.version), "copy"
        title = head.title or _("%(source)s to %(target)s") % {"source": source.title, "target": target.title}
        made = await service.start(
            db,
            actor,
            key=head.key,
            version=head.version or FIRST_VERSION,
            source_version_id=source.id,
            target_version_id=target.id,
            head=SetHead(title, head.licence, head.comment),
        )
    except Invalid as refusal:
        raise _refused_head(refusal) from None
    return made, "new"


async def _change_head(
    db: AsyncSession, actor: OrganisationActor, crosswalk: Crosswalk, stated: Head
) -> bool:
    """Give a draft the title, licence and comment that the file states. What it does not state stays."""
    before = SetHead(crosswalk.title, crosswalk.licence, crosswalk.comment)
    given = {name: text for name in ("title", "licence", "comment") if (text := getattr(stated, name))}
    after = replace(before, **given)
    if after != before:
        try:
            await service.change_head(db, actor, crosswalk.id, after, edit_number=crosswalk.edit_number)
        except Invalid as refusal:
            raise _refused_head(refusal) from None
    return after != before


def _refused_head(refusal: Invalid) -> Unreadable:
    return Unreadable(tuple(Fault("", name, text) for name, text in refusal.faults.items()))


def _refused(text: str, field: str = "") -> Unreadable:
    return Unreadable((Fault("", field, text),))


@dataclass(frozen=True, slots=True)
class _Carrier:
    """Carries a plan out: first what goes, so that nothing stands in the way of what comes."""

    db: AsyncSession
    actor: OrganisationActor
    crosswalk_id: int
    source: Side
    target: Side
    say: Say

    async def carry_out(self, plan: Plan) -> None:
        """Raises Unreadable, naming the row, on what the workbench refuses."""
        for held in plan.removed:
            await self._remove(held)
        for held, said in plan.changed:
            await self._told(said, self._change(held, said))
        for number, said in enumerate(plan.added, start=1):
            await self._told(said, self._add(said))
            if number % 500 == 0:
                self.say(_("%(n)s of %(all)s added") % {"n": number, "all": len(plan.added)})

    async def _told(self, said: Said, change: object) -> None:
        try:
            await change  # type: ignore[misc]
        except Invalid as refusal:
            raise Unreadable(
                tuple(Fault(said.where, name, text) for name, text in refusal.faults.items())
            ) from None
        except (Conflict, NotFound) as refusal:
            raise Unreadable((Fault(said.where, "", str(refusal)),)) from None

    async def _remove(self, held: Held) -> None:
        remove = mapping_service.remove_no_counterpart if held.said.lone else mapping_service.remove_mapping
        await remove(self.db, self.actor, self.crosswalk_id, held.id, version=held.version)

    async def _change(self, held: Held, said: Said) -> None:
        where = (self.db, self.actor, self.crosswalk_id, held.id)
        if said.lone:
            await mapping_service.change_no_counterpart(*where, _why(said), version=held.version)
        else:
            await mapping_service.change_mapping(*where, self._content(said), version=held.version)

    async def _add(self, said: Said) -> None:
        where = (self.db, self.actor, self.crosswalk_id)
        if not said.lone:
            await mapping_service.add_mapping(*where, self._content(said))
            return
        side, item = (
            ("source", self.source.ids[said.sources[0]])
            if said.sources
            else ("target", self.target.ids[said.targets[0]])
        )
        await mapping_service.add_no_counterpart(*where, side, item, _why(said))

    def _content(self, said: Said) -> MappingContent:
        return MappingContent(
            sources=tuple(self.source.ids[key] for key in said.sources),
            targets=tuple(self.target.ids[key] for key in said.targets),
            relation=said.relation,
            rationale=said.rationale,
            domains=said.domains,
            citation=said.citation,
            justification=said.justification,
            confidence=said.confidence,
            strength=said.strength,
            author=said.author,
            authored_on=said.authored_on,
        )


def _why(said: Said) -> NoCounterpartContent:
    return NoCounterpartContent(
        said.rationale, said.citation, said.justification, said.author, said.authored_on
    )
