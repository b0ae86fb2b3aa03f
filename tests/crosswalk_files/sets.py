"""Sets of mappings as values, for what is pure: any that the record can hold, and a small one by hand."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from tracker.crosswalk_files.values import JUSTIFICATIONS, NOT_STATED, Head, Said, SetContent
from tracker.kit.vocabulary import PRACTITIONER_DOMAINS, Relation

SOURCE, TARGET = "hhs-core-competencies@2021", "other-guide@1.0"
ITEMS = {SOURCE: [f"HTCC-{n}" for n in range(8)], TARGET: [f"G.{n}" for n in range(8)]}
INDEX = {key: [name] for name, keys in ITEMS.items() for key in keys}
LABELS = {(name, key): f"Label | of\t“{key}” =1" for name, keys in ITEMS.items() for key in keys}

# Any text that can be stored: no control characters besides tabs and line ends, nothing blank around.
_CHARACTERS = st.one_of(
    st.sampled_from(list("=+-@'\"|\\\t\n#,;_ :{}[]&*!%`<>")),
    st.characters(exclude_categories=("Cs", "Cc", "Cn")),
)


def texts(most: int, least: int = 0) -> st.SearchStrategy[str]:
    made = st.text(_CHARACTERS, min_size=least, max_size=most).map(str.strip)
    return made.filter(lambda text: len(text) >= least)


def _lone(side: str, key: str, said: Said) -> Said:
    sides = {"sources": (), "targets": ()} | {side: (key,)}
    bare = replace(said, relation=Relation.NO_RELATIONSHIP, domains=(), confidence=None, strength=None)
    return replace(bare, **sides)


_days = st.none() | st.dates(date(1990, 1, 1), date(2099, 12, 31))
_sides = {
    name: st.lists(st.sampled_from(keys), min_size=1, max_size=3, unique=True) for name, keys in ITEMS.items()
}
_said = st.builds(
    Said,
    sources=_sides[SOURCE].map(tuple),
    targets=_sides[TARGET].map(tuple),
    relation=st.sampled_from(Relation),
    rationale=texts(60, 1),
    domains=st.sets(st.sampled_from(PRACTITIONER_DOMAINS)).map(
        lambda found: tuple(d for d in PRACTITIONER_DOMAINS if d in found)
    ),
    citation=texts(20),
    justification=st.sampled_from(["", *(j for j in JUSTIFICATIONS if j != NOT_STATED)]),
    confidence=st.none() | st.floats(0, 1),
    strength=st.none() | st.integers(0, 10),
    author=texts(20),
    authored_on=_days,
    reviewer=texts(20),
    reviewed_on=_days,
)


@st.composite
def contents(draw: st.DrawFn) -> SetContent:
    """A set with mappings of every kind, each stated once."""
    said = [
        s if s.reviewer else replace(s, reviewed_on=None)
        for s in draw(st.lists(_said, min_size=1, max_size=5))
    ]
    lone = draw(st.lists(st.tuples(st.sampled_from(["sources", "targets"]), st.integers(0, 7)), max_size=3))
    for (side, number), like in zip(lone, said, strict=False):
        said.append(_lone(side, ITEMS[SOURCE if side == "sources" else TARGET][number], like))
    once = {(s.pair, s.relation, s.domains): s for s in said}
    head = Head(
        key="hhs-core-competencies--other-guide",
        version=draw(st.sampled_from(["0.1", "1", "2026.1", "1e3", "true"])),
        title=draw(texts(40, 1)),
        licence=draw(st.sampled_from(["", "https://creativecommons.org/licenses/by/4.0/"]) | texts(20)),
        comment=draw(texts(60)),
    )
    return SetContent(head, SOURCE, TARGET, tuple(once.values()))


def small(**changes: object) -> SetContent:
    """Three mappings of one pair: one to one, two jointly to one, and an item without a counterpart."""
    one = Said(("HTCC-0",), ("G.0",), Relation.SUPERSET_OF, "It contains it.", confidence=0.5, strength=7)
    jointly = Said(("HTCC-1", "HTCC-2"), ("G.1",), Relation.EQUAL, "Together they are it.")
    lone = Said((), ("G.2",), Relation.NO_RELATIONSHIP, "Nothing speaks of it.")
    head = Head("hhs-core-competencies--other-guide", "0.1", "A title", "", "")
    return replace(SetContent(head, SOURCE, TARGET, (one, jointly, lone)), **changes)  # type: ignore[arg-type]
