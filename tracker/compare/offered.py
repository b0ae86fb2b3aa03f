"""What the form of the compare page offers, and the short address of what it sends."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.compare.query import DEFAULT_FRAMEWORK, Query, codes_in
from tracker.compare.saved_service import Saved
from tracker.crosswalks import queries as crosswalks
from tracker.crosswalks.queries import CrosswalkLine
from tracker.entries.version_queries import Spoken, spoken, version_read
from tracker.frameworks import queries as frameworks
from tracker.frameworks.queries import Framework
from tracker.jurisdictions import queries as jurisdictions
from tracker.jurisdictions.queries import Listed, Place

# More boxes than this nobody reads: the others are found by name, by code or by group.
MOST_OFFERED = 250
# Of what is chosen besides those with data, so many have a box with their name; the rest stand as codes.
MOST_NAMED = 60


@dataclass(frozen=True, slots=True)
class OwnSets:
    """The saved sets of an organisation that the reader is a member of."""

    organisation: str
    name: str
    may_save: bool
    sets: list[Saved]


@dataclass(frozen=True, slots=True)
class Options:
    """What the form of the compare page offers.

    `framework`: the one that is read; `shown`: the one whose items are chosen from, the crosswalk's target where it is
    read through one. `chosen`: codes; `named`: those of them that have no box among `with_data`; `codes`: those that are
    left, unknown ones included, as they were typed. `versions`: of the framework, where it has several.
    """

    framework: Framework | None
    shown: Framework | None
    frameworks: list[frameworks.FrameworkLine]
    versions: list[Spoken]
    crosswalks: list[CrosswalkLine]
    through: CrosswalkLine | None
    chosen: frozenset[str]
    with_data: list[Listed]
    more_data: bool
    named: list[Place]
    codes: str
    found: list[Listed]
    searched: str
    peers: tuple[jurisdictions.PeerGroup, ...]
    own: list[OwnSets]


async def options(db: AsyncSession, given: Mapping[str, str], query: Query, own: list[OwnSets]) -> Options:
    """`query`: what was understood of `given`; its default where nothing was."""
    # "Compare" leaves what was looked for aside; "Find", and an address by hand, do not.
    searched = "" if "go" in given else given.get("find", "").strip()[:100]
    chosen = codes_in(given.get("jurisdictions", ""))
    name = await version_read(
        db, given.get("framework", "").strip() or DEFAULT_FRAMEWORK, chosen, query.as_of
    )
    through = await crosswalks.crosswalk(db, given["through"]) if given.get("through") else None
    framework = await frameworks.framework(db, through.source_name if through else name)
    sets = await crosswalks.crosswalks(db)
    with_data = await jurisdictions.listed(db, only_with_data=True, limit=MOST_OFFERED + 1)
    offered = {j.code for j in with_data[:MOST_OFFERED]}
    besides = [code for code in chosen if code not in offered]
    named = await jurisdictions.by_codes(db, besides[:MOST_NAMED])
    versions = await spoken(db, framework.key, chosen, query.as_of) if framework else []
    return Options(
        framework=framework,
        shown=await frameworks.framework(db, through.target_name) if through else framework,
        frameworks=await frameworks.frameworks(db),
        versions=versions if len(versions) > 1 else [],
        crosswalks=[c for c in sets if framework and c.source_name == framework.name],
        through=through,
        chosen=frozenset(chosen),
        with_data=with_data[:MOST_OFFERED],
        more_data=len(with_data) > MOST_OFFERED,
        named=[named[code] for code in besides if code in named],
        codes=", ".join(code for code in besides if code not in named),
        found=await jurisdictions.listed(db, text=searched, limit=25) if searched else [],
        searched=searched,
        peers=await jurisdictions.peer_groups(db),
        own=own,
    )


def shorter(given: str, short: str) -> bool:
    """Whether the query string given has repeated or empty parameters, or what only the form sends, unlike the short one."""
    names = [part.partition("=")[0] for part in given.split("&") if part]
    return (
        len(names) != len(set(names))
        or any(part.endswith("=") for part in given.split("&"))
        or (bool({"find", "peers", "go"} & set(names)) and short != given)
    )
