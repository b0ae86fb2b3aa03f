"""What importing a file would do to a framework version, item by item. Pure.

Items of a version keep their meaning: entries and crosswalks are pinned to it, also drafts that nobody else may see.
So what is there is added to, and a text that has changed asks for a new version.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from tracker.frameworks.case_file import identifier_of
from tracker.frameworks.csv_file import head_of, items_of
from tracker.frameworks.queries import Framework
from tracker.frameworks.steps import Step, beside, within
from tracker.frameworks.tree import (
    FIELDS,
    MOST_ITEMS,
    Fault,
    FrameworkFile,
    RatingRow,
    Row,
    codes_of,
    head_faults,
    quoting_fault,
    row_faults,
    tree_faults,
)
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import PRACTITIONER_DOMAINS

FIXED = ("kind", "parent", "text", "wording", "domains")
FIXED_HEAD = ("title", "applies_by_domain")
DEFAULTS = {"wording": "title", "provenance": "secondary"}


@dataclass(frozen=True, slots=True)
class Earlier:
    """The version that the file's version continues. `told`: (old key, new key) that are stored of the two."""

    framework: Framework
    told: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Pins:
    """How much of what is published refers to a version: while there is any, its wording is frozen for good."""

    entries: int
    crosswalks: int

    @property
    def any(self) -> bool:
        return bool(self.entries or self.crosswalks)


@dataclass(frozen=True)
class Plan:
    """`new` items come parents first; `changed`: the fields that get another value, by key; nothing else is touched.

    `told` and `untold`: (old key, new key) of items that continue one of the version `replaces`, and that no longer do.
    `steps`: the same by name, item by item; of a new version beside the version `since`.
    """

    name: str
    head: dict[str, str]
    new_version: bool
    new_ratings: tuple[RatingRow, ...] = ()
    new: tuple[dict[str, str], ...] = ()
    changed: dict[str, dict[str, str]] = field(default_factory=dict)
    changed_head: dict[str, str] = field(default_factory=dict)
    replaces: str = ""
    told: tuple[tuple[str, str], ...] = ()
    untold: tuple[tuple[str, str], ...] = ()
    pins: Pins | None = None
    same: int = 0
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    since: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def frozen(self) -> str:
        """For a file that would change what is fixed: that it may not, and what to do; else ""."""
        if self.pins is None or not any(fault.fixed for fault in self.faults):
            return ""
        told = {"name": self.name, "entries": self.pins.entries, "crosswalks": self.pins.crosswalks}
        why = _("%(name)s keeps its wording, for drafts that only their organisation sees may refer to it.")
        if self.pins.entries or self.pins.crosswalks:
            why = _(
                "%(name)s is frozen: %(entries)s published entries and %(crosswalks)s published crosswalks refer to it."
            )
        return why % told + " " + _("Take the file in as a new version: it stands beside this one.")

    @property
    def empty(self) -> bool:
        return not (
            self.new_version
            or self.new
            or self.changed
            or self.changed_head
            or self.new_ratings
            or self.told
            or self.untold
        )


def make_plan(
    file: FrameworkFile, stored: Framework | None, earlier: Earlier | None = None, pins: Pins | None = None
) -> Plan:
    """Compare a file with what is stored of its version. A plan with faults must not be carried out."""
    before = {fields["key"]: fields for fields in items_of(stored)} if stored else {}
    head = (head_of(stored) if stored else {"kind": "framework", "applies_by_domain": "no"}) | dict(file.head)
    by_domain = head["applies_by_domain"] == "yes"
    rows = tuple(replace(row, fields=_normal(row.fields, by_domain)) for row in file.rows)
    faults = [*head_faults(file, new=stored is None), *_faults(file, rows, stored, before, by_domain)]
    faults += _quoting_faults(rows, before, head.get("verbatim_allowed", "no"))
    faults += _lineage_faults(file, earlier)
    told, untold = _lineage(file.rows, earlier) if earlier else ((), ())
    fields_told = {
        row.key: {n: v for n, v in row.fields.items() if before[row.key][n] != v}
        for row in rows
        if row.key in before
    }
    parts = Plan(
        name=file.name,
        head=head,
        new_version=stored is None,
        new_ratings=tuple(r for r in file.ratings if stored is None or stored.rating(r.code) is None),
        changed={key: fields for key, fields in fields_told.items() if fields},
        changed_head={n: v for n, v in file.head.items() if stored and head_of(stored)[n] != v},
        replaces=earlier.framework.version if earlier else "",
        told=told,
        untold=untold,
        pins=pins,
        same=sum(not fields for fields in fields_told.values()),
        notes=(*file.notes, *_notes(rows, before)),
        faults=tuple(faults),
    )
    if faults:
        return parts
    return _with_steps(
        _with_new(parts, [row for row in rows if row.key not in before]), file, before, earlier
    )


def _with_steps(
    plan: Plan, file: FrameworkFile, before: dict[str, dict[str, str]], earlier: Earlier | None
) -> Plan:
    if not plan.new_version or earlier is None:
        given = [row.key for row in file.rows]
        return replace(plan, steps=tuple(within(before, plan.new, plan.changed, given)))
    known = _references(earlier.framework)
    stated = [(known[r], row.key) for row in file.rows for r in row.replaces or () if r in known]
    olds = {fields["key"]: fields for fields in items_of(earlier.framework)}
    return replace(
        plan, since=earlier.framework.version, steps=tuple(beside(olds, plan.new, [*stated, *earlier.told]))
    )


def _normal(fields: Mapping[str, str], by_domain: bool) -> dict[str, str]:
    """As it is stored: domains in their order, and empty where they are all of the framework's.

    An empty cell states no wording and no provenance, for every item has some.
    """
    told = {name: value for name, value in fields.items() if value or name not in DEFAULTS}
    if "domains" in told:
        given = set(codes_of(told["domains"]))
        every = {str(d) for d in PRACTITIONER_DOMAINS} if by_domain else {"all"}
        ordered = [d.value for d in PRACTITIONER_DOMAINS if d in given] if by_domain else []
        known = given <= every
        told["domains"] = ("" if given == every else ", ".join(ordered)) if known else told["domains"]
    return told


def _faults(
    file: FrameworkFile,
    rows: tuple[Row, ...],
    stored: Framework | None,
    before: dict[str, dict[str, str]],
    by_domain: bool,
) -> Iterator[Fault]:
    if len(rows) > MOST_ITEMS:
        yield Fault(
            "", "", _("%(most)s items at most; this has %(size)s.") % {"most": MOST_ITEMS, "size": len(rows)}
        )
        return
    scale = {r.code for r in file.ratings} | {r.code for r in (stored.ratings if stored else ())}
    yield from row_faults(rows, by_domain=by_domain, scale=scale)
    yield from tree_faults(rows, {key: fields["parent"] for key, fields in before.items()})
    if stored:
        yield from _fixed_faults(file, rows, stored, before)


def _fixed_faults(
    file: FrameworkFile, rows: tuple[Row, ...], stored: Framework, before: dict[str, dict[str, str]]
) -> Iterator[Fault]:
    """What would change the meaning of something that entries are pinned to."""
    for name in FIXED_HEAD:
        if file.head.get(name, head_of(stored)[name]) != head_of(stored)[name]:
            yield Fault("", name, _changed(head_of(stored)[name]), fixed=True)
    for rating in file.ratings:
        known = stored.rating(rating.code)
        if known and (known.label, known.definition) != (rating.label, rating.definition):
            yield Fault(rating.where, "rating", _changed(f"{known.label}: {known.definition}"), fixed=True)
    keys = {fields["identifier"]: key for key, fields in before.items() if fields["identifier"]}
    for row in rows:
        stored_as = keys.get(row.fields.get("identifier", ""), row.key)
        if stored_as != row.key:
            yield Fault(row.where, "key", _changed(stored_as), fixed=True)
        for name in FIXED:
            was = before.get(row.key, {}).get(name)
            if was is not None and row.fields.get(name, was) != was:
                yield Fault(row.where, name, _changed(was), fixed=True)


def _changed(was: str) -> str:
    return _("Stored is “%(was)s”. What others have referred to does not change: make a new version.") % {
        "was": was[:80]
    }


def _quoting_faults(
    rows: tuple[Row, ...], before: dict[str, dict[str, str]], allowed: str
) -> Iterator[Fault]:
    """Also of stored items, for the file may say that less is allowed than before."""
    given = {row.key for row in rows}
    stored = [Row(_("stored item %(key)s") % {"key": k}, f) for k, f in before.items() if k not in given]
    for row in (*rows, *stored):
        fields = DEFAULTS | before.get(row.key, {}) | dict(row.fields)
        fault = quoting_fault(fields.get("wording", ""), fields.get("text", ""), allowed)
        if fault:
            yield Fault(row.where, "wording", fault)


def _lineage_faults(file: FrameworkFile, earlier: Earlier | None) -> Iterator[Fault]:
    """References to items of the earlier version that are nowhere."""
    if file.replaces and (earlier is None or earlier.framework.version != file.replaces):
        text = _("There is no version “%(text)s” of this framework before it.")
        yield Fault("", "replaces", text % {"text": file.replaces[:60]})
        return
    known = _references(earlier.framework) if earlier else {}
    for row in file.rows:
        for reference in row.replaces or ():
            if earlier is None:
                yield Fault(row.where, "replaces", _("There is no earlier version of this framework here."))
            elif reference not in known:
                text = _("Version %(version)s has no item “%(text)s”.")
                told = {"version": earlier.framework.version, "text": reference[:60]}
                yield Fault(row.where, "replaces", text % told)


def _references(framework: Framework) -> dict[str, str]:
    """Keys by all that an item of a version may be called: its key, its identifier elsewhere, or ours."""
    found = {}
    for item in framework.items:
        found[identifier_of(framework.key, framework.version, "item", item.key)] = item.key
        if item.identifier:
            found[item.identifier] = item.key
    return found | {item.key: item.key for item in framework.items}


def _lineage(rows: tuple[Row, ...], earlier: Earlier) -> tuple[tuple[tuple[str, str], ...], ...]:
    """(told, untold): for items whose row states what they continue, that replaces what is stored."""
    known = _references(earlier.framework)
    stating = {row.key for row in rows if row.replaces is not None}
    stated = {(known[r], row.key) for row in rows for r in row.replaces or () if r in known}
    kept = {pair for pair in earlier.told if pair[1] in stating}
    return tuple(sorted(stated - earlier.told)), tuple(sorted(kept - stated))


def _notes(rows: tuple[Row, ...], before: dict[str, dict[str, str]]) -> Iterator[str]:
    left = len(before.keys() - {row.key for row in rows})
    if left:
        yield _("%(number)s stored items are not in the file. They stay.") % {"number": left}


def _with_new(plan: Plan, rows: list[Row]) -> Plan:
    """The new items as a walk through the tree, so that every parent comes before its children."""
    whole = {
        row.key: dict.fromkeys(FIELDS, "") | DEFAULTS | {n: v for n, v in row.fields.items() if v}
        for row in rows
    }
    below: dict[str, list[str]] = {}
    for row in rows:
        parent = row.parent if row.parent in whole else ""
        below.setdefault(parent, []).append(row.key)
    waiting, walk = list(reversed(below.get("", []))), []
    while waiting:
        key = waiting.pop()
        walk.append(whole[key])
        waiting.extend(reversed(below.get(key, [])))
    return replace(plan, new=tuple(walk))
