"""What the lens says of one target, by example and as properties of any set of mappings."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.crosswalks.lens import ANYTHING, TABLE, Interval, Link, Reported, Result, infer, step, words
from tracker.kit.vocabulary import LEVEL_CODES, VALUE_CODES, Axis, Relation

MISSING = ["not_assessed", "inconclusive", "no_response", "withheld"]
cells = st.builds(
    Reported, st.integers(0, 9), st.sampled_from(VALUE_CODES), st.sampled_from(["V0", "V1", "V2", "V3"])
)
links = st.builds(
    Link,
    st.sampled_from(Relation),
    st.lists(cells, max_size=4).map(tuple),
    among=st.booleans(),
    partial=st.booleans(),
)
sets = st.lists(links, max_size=5)


def read(chosen: list[Link]) -> Result:
    """Each link as a mapping of its own, named by its place."""
    return infer((place, step(each)) for place, each in enumerate(chosen))


def link(relation: Relation, *codes: str, **more: bool) -> Link:
    return Link(relation, tuple(Reported(n, code, "V2") for n, code in enumerate(codes)), **more)


def interval(*of: Link) -> tuple[int, int] | None:
    found = read(list(of)).interval
    return (found.low, found.high) if found else None


@pytest.mark.parametrize(
    ("given_links", "told"),
    [
        ([link(Relation.EQUAL, "3", "3")], (3, 3)),
        ([link(Relation.EQUAL, "3", "2")], (2, 2)),
        ([link(Relation.EQUAL, "3", "not_assessed")], (2, 3)),
        ([link(Relation.EQUAL, "3", "not_applicable")], (3, 3)),
        ([link(Relation.EQUAL, "not_applicable")], (0, 4)),
        ([link(Relation.SUPERSET_OF, "3")], (3, 4)),
        ([link(Relation.SUPERSET_OF, "0", "0", among=True)], (0, 0)),
        ([link(Relation.EQUAL, "2", among=True)], (0, 4)),
        ([link(Relation.SUBSET_OF, "2"), link(Relation.SUPERSET_OF, "2")], (2, 2)),
        ([link(Relation.SUBSET_OF, "4"), link(Relation.SUPERSET_OF, "0")], None),
        ([link(Relation.SUPPORTS, "4")], (0, 4)),
        ([link(Relation.NO_RELATIONSHIP, "4")], (0, 4)),
        ([], (0, 4)),
    ],
)
def test_examples(given_links: list[Link], told: tuple[int, int] | None) -> None:
    assert interval(*given_links) == told


def test_a_result_carries_the_weakest_verification_of_what_it_rests_on() -> None:
    strong = Link(Relation.EQUAL, (Reported(1, "3", "V3"), Reported(2, "3", "V1")))
    aside = Link(Relation.SUPPORTS, (Reported(3, "3", "V0"),))
    assert read([strong, aside]).verification == "V1"
    assert read([aside]).verification == "none"


def test_words() -> None:
    paper, practice = Axis.COMMITMENT, Axis.PRACTICE
    assert words(paper, Interval(2, 4)) == "At least adopted in part"
    assert words(paper, Interval(3, 4)) == "Adopted in full or more"
    assert words(paper, Interval(0, 2)) == "At most adopted in part"
    assert words(practice, Interval(2, 3)) == "In use in part or in general use"
    assert words(practice, Interval(1, 3)) == "From preparing to in general use"
    assert words(practice, Interval(0, 0)) == "None found"
    assert words(practice, ANYTHING) == "Nothing follows"
    assert words(practice, None) == "The mappings contradict each other"


@given(sets, links)
def test_supports_changes_nothing(chosen: list[Link], extra: Link) -> None:
    before, after = read(chosen), read([*chosen, replace(extra, relation=Relation.SUPPORTS)])
    assert (after.interval, after.verification, after.rests_on) == (
        before.interval,
        before.verification,
        before.rests_on,
    )


@given(sets, st.data())
def test_making_a_cell_missing_never_narrows_an_interval(chosen: list[Link], data: st.DataObject) -> None:
    places = [(i, j) for i, each in enumerate(chosen) for j, c in enumerate(each.cells) if c.applies]
    if not places:
        return
    i, j = data.draw(st.sampled_from(places))
    hidden = list(chosen[i].cells)
    hidden[j] = replace(hidden[j], code=data.draw(st.sampled_from(MISSING)))
    before = read(chosen).interval
    after = read([*chosen[:i], replace(chosen[i], cells=tuple(hidden)), *chosen[i + 1 :]]).interval
    assert before is None or (after and after.low <= before.low and before.high <= after.high)


@given(sets, st.randoms())
def test_the_order_of_mappings_does_not_matter(chosen: list[Link], random: object) -> None:
    shuffled = list(chosen)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = read(chosen), read(shuffled)
    assert (one.interval, one.verification) == (other.interval, other.verification)
    assert {s for _m, s in one.steps} == {s for _m, s in other.steps}


@given(sets)
def test_every_result_lists_what_it_came_from(chosen: list[Link]) -> None:
    """What it rests on gives the same by itself, each part of it is needed to be there, and the rest lends no level."""
    found = read(chosen)
    assert [(place, each.link) for place, each in found.steps] == list(enumerate(chosen))
    assert set(found.rests_on) | set(found.related) == set(found.steps)
    assert infer(found.rests_on).interval == found.interval
    assert infer(found.related).interval == ANYTHING
    informing = [each.link for _place, each in found.rests_on]
    if found.follows:
        assert any(c.code in LEVEL_CODES for each in informing for c in each.cells)
    assert all(each.relation in TABLE for each in informing)
