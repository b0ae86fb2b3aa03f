"""Importing a crosswalk's file into drafts: by the workbench's own rules, all of it or nothing.

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
from tracker.crosswalk_files.queries import Side
from tracker.crosswalk_files.values import CrosswalkFile, Head, Said, SetContent, in_order, split
from tracker.crosswalks import bulk_service, service
from tracker.crosswalks.content import MappingContent, NoCounterpartContent, SetHead, name_faults
from tracker.crosswalks.models import Crosswalk
from tracker.crosswalks.rows import Faulty, Lone, Row, Written
from tracker.frameworks.tree import Fault, Unreadable
from tracker.kit.errors import Invalid
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
    db: AsyncSession,
    actor: OrganisationActor,
    file: CrosswalkFile,
    *,
    sha256: str,
    one: bool = False,
    say: Say | None = None,
) -> list[Report]:
    """Take in all sets of a file; the caller's transaction keeps all of it or nothing.

    Raises Unreadable with every fault, by row and field; with `one` also for a file of several sets, which can't
    share a key. `say` hears of progress.
    """
    actor.require(Permission.PREPARE)
    contents, found = split(file, await queries.index(db, file.keys))
    faults = [*file.faults, *found]
    if one and len(contents) > 1:
        text = _("The file has %(n)s sets, one for each pair of frameworks: they can't have one key.")
        faults.append(Fault("", "key", text % {"n": len(contents)}))
    for content in contents:
        faults += faults_of(content.said) + await _head_faults(db, content)
    if faults:
        raise Unreadable(in_order(faults))
    return [await _import(db, actor, content, sha256, say or (lambda _text: None)) for content in contents]


async def _head_faults(db: AsyncSession, content: SetContent) -> list[Fault]:
    """What can't be taken of what a file says of a set, looked up before anything is begun."""
    names = (content.source, content.target)
    sides = [await queries.side(db, name) for name in names]
    # named only as where something has no counterpart
    told = [
        Fault("", "", _("There is no framework %(name)s.") % {"name": name[:90]})
        for name, side in zip(names, sides, strict=True)
        if side is None
    ]
    head, sets = content.head, await queries.sets_of_key(db, content.head.key)
    pair = [side.id for side in sides if side]
    if sets and not told and [sets[0].source_version_id, sets[0].target_version_id] != pair:
        given = {"key": head.key[:130], "source": content.source, "target": content.target}
        text = _(
            "The crosswalk “%(key)s” is not between %(source)s and %(target)s. Give the file another key."
        )
        told.append(Fault("", "key", text % given))
    named: dict[str, str] = {}
    if not any(one.state == "draft" for one in sets):
        named = name_faults(head.key, head.version if sets else head.version or FIRST_VERSION)
        if any(one.version == head.version for one in sets):
            named["version"] = _("There is a version with this name already.")
    named |= SetHead(head.title or "–", head.licence, head.comment).faults()
    return told + [Fault("", name, text) for name, text in named.items()]


async def _import(
    db: AsyncSession, actor: OrganisationActor, content: SetContent, sha256: str, say: Say
) -> Report:
    source, target = await queries.side(db, content.source), await queries.side(db, content.target)
    assert source is not None
    assert target is not None
    crosswalk, begun = await _draft(db, actor, content, source, target)
    crosswalk = await service.locked_draft(db, actor, crosswalk.id)
    stored = await queries.stored(db, crosswalk.id)
    assert stored is not None
    plan = make_plan(content.said, stored.held)
    head = False if begun == "new" else await _change_head(db, actor, crosswalk, content.head)
    await _carry_out(db, actor, crosswalk.id, (source, target), plan, say)
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


async def _carry_out(
    db: AsyncSession,
    actor: OrganisationActor,
    crosswalk_id: int,
    sides: tuple[Side, Side],
    plan: Plan,
    say: Say,
) -> None:
    """Raises Unreadable, naming the row, on what the workbench would refuse."""
    over = [(Row(held.id, held.version, held.said.lone), said) for held, said in plan.changed]
    stated = [(row, said) for row, said in over] + [(None, said) for said in plan.added]

    def told(done: int) -> None:
        if len(plan.added) > bulk_service.AT_ONCE:
            say(_("%(n)s of %(all)s added") % {"n": done, "all": len(plan.added)})

    try:
        await bulk_service.carry(
            db,
            actor,
            crosswalk_id,
            removed=[Row(h.id, h.version, h.said.lone) for h in plan.removed],
            written=[Written(_says(said, *sides), row) for row, said in stated],
            say=told,
        )
    except Faulty as refusal:
        faults = [
            Fault(stated[number][1].where, name, text)
            for number, by_field in refusal.faults.items()
            for name, text in by_field.items()
        ]
        raise Unreadable(in_order(faults)) from None


def _says(said: Said, source: Side, target: Side) -> MappingContent | Lone:
    if said.lone:
        why = NoCounterpartContent(
            said.rationale, said.citation, said.justification, said.author, said.authored_on
        )
        side, item = (
            ("source", source.ids[said.sources[0]])
            if said.sources
            else ("target", target.ids[said.targets[0]])
        )
        return Lone(side, item, why)
    return MappingContent(
        sources=tuple(source.ids[key] for key in said.sources),
        targets=tuple(target.ids[key] for key in said.targets),
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
