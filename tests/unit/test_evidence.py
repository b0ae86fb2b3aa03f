"""The least evidence of each level, by tables: what documents it, and what each piece is worth."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.entries.evidence import RULES, Cited, Support, lacking
from tracker.kit.vocabulary import LEVEL_CODES, MISSING_CODES, Axis, CitationAxis, InstrumentKind

K = InstrumentKind
START = date(2024, 4, 1)
NOTHING = Support("", "", None, "", "", None)
SEARCHED = replace(NOTHING, search_who="The registry", search_where="The gazette", search_when=START)
STARTED = replace(NOTHING, valid_from=START)
RESOURCED = replace(NOTHING, owner="Nursing council", budget="Line 12")
BOTH = CitationAxis.BOTH
C, P = Axis.COMMITMENT, Axis.PRACTICE


def cited(
    kind: InstrumentKind, dated: date | None = START, locator: str = "Art. 3", axis: CitationAxis = BOTH
) -> Cited:
    return Cited(axis, kind, dated, locator)


ENOUGH = [
    (C, "0", SEARCHED, []),
    (C, "1", NOTHING, [cited(K.STATEMENT, None, "")]),
    (C, "1", NOTHING, [cited(K.DRAFT, None, "")]),
    (C, "2", NOTHING, [cited(K.STATUTE)]),
    (C, "2", NOTHING, [cited(K.CURRICULUM)]),
    (C, "3", NOTHING, [cited(K.STATEMENT, None, ""), cited(K.AGREEMENT)]),
    (C, "4", RESOURCED, [cited(K.REGULATION)]),
    (C, "4", replace(RESOURCED, budget=""), [cited(K.REGULATION), cited(K.BUDGET, None, "")]),
    (P, "0", SEARCHED, []),
    (P, "1", replace(NOTHING, owner="Nursing council"), []),
    (P, "1", NOTHING, [cited(K.PROTOCOL, None, "")]),
    (P, "1", NOTHING, [cited(K.CURRICULUM, None, "")]),
    (P, "1", NOTHING, [cited(K.PLAN, None, "")]),
    (P, "1", NOTHING, [cited(K.REPORT, None, "")]),
    (P, "2", NOTHING, [cited(K.TRAINING_RECORD, None, "")]),
    (P, "2", NOTHING, [cited(K.SERVICE_RECORD, None, "")]),
    (P, "2", NOTHING, [cited(K.REPORT, None, "")]),
    (P, "3", NOTHING, [cited(K.TRAINING_RECORD, None, "")]),
    (P, "3", NOTHING, [cited(K.INDEPENDENT_REPORT, None, "")]),
    (P, "4", STARTED, [cited(K.EVALUATION, START + timedelta(days=1), "")]),
]
TOO_LITTLE = [
    (C, "0", NOTHING, [cited(K.STATUTE)], ["a search note: who looked, where and when"]),
    (C, "0", replace(SEARCHED, search_when=None), [], ["a search note: who looked, where and when"]),
    (P, "0", replace(SEARCHED, search_where=""), [], ["a search note: who looked, where and when"]),
    (C, "1", RESOURCED, [], ["a statement or draft"]),
    (C, "2", RESOURCED, [], ["an instrument that adopts it"]),
    (C, "2", NOTHING, [cited(K.STATEMENT)], ["an instrument that adopts it"]),
    (C, "2", NOTHING, [cited(K.DRAFT)], ["an instrument that adopts it"]),
    (C, "3", NOTHING, [cited(K.OTHER), cited(K.REPORT)], ["an instrument that adopts it"]),
    (C, "2", NOTHING, [cited(K.STATUTE, None)], ["the instrument's date"]),
    (C, "2", NOTHING, [cited(K.STATUTE, START, "")], ["a locator (article, section or page)"]),
    (
        C,
        "3",
        NOTHING,
        [cited(K.STATUTE, None), cited(K.POLICY, START, "")],
        ["one instrument with both its date and a locator"],
    ),
    (C, "4", NOTHING, [cited(K.STATUTE)], ["an owner", "a budget"]),
    (C, "4", RESOURCED, [cited(K.BUDGET)], ["an instrument that adopts it"]),
    (P, "1", NOTHING, [cited(K.STATEMENT)], ["an owner, or a protocol, curriculum or plan"]),
    (P, "2", RESOURCED, [cited(K.STATUTE)], ["a training or service record, or a report of use"]),
    (P, "3", NOTHING, [cited(K.REPORT)], ["records or an independent report"]),
    (P, "4", STARTED, [cited(K.TRAINING_RECORD)], ["an evaluation"]),
    (P, "4", NOTHING, [cited(K.EVALUATION)], ["the day it began, which the evaluation must follow"]),
    (P, "4", STARTED, [cited(K.EVALUATION, START)], ["an evaluation dated after the start"]),
    (P, "4", STARTED, [cited(K.EVALUATION, None)], ["an evaluation dated after the start"]),
]


@pytest.mark.parametrize(("axis", "code", "support", "citations"), ENOUGH)
def test_what_documents_a_level(axis: Axis, code: str, support: Support, citations: list[Cited]) -> None:
    assert lacking(axis, code, support, citations) == []


@pytest.mark.parametrize(("axis", "code", "support", "citations", "says"), TOO_LITTLE)
def test_what_leaves_it_claimed(
    axis: Axis, code: str, support: Support, citations: list[Cited], says: list[str]
) -> None:
    assert lacking(axis, code, support, citations) == says


def test_every_level_has_its_rule() -> None:
    assert set(RULES) == {(axis, code) for axis in Axis for code in LEVEL_CODES}


@pytest.mark.parametrize("axis", list(Axis))
@pytest.mark.parametrize("code", MISSING_CODES)
def test_a_missing_value_needs_nothing(axis: Axis, code: str) -> None:
    assert lacking(axis, code, NOTHING, []) == []


def test_a_citation_counts_on_its_own_axis() -> None:
    commitment, practice = CitationAxis.COMMITMENT, CitationAxis.PRACTICE
    assert lacking(C, "2", NOTHING, [cited(K.PROTOCOL, axis=practice)])
    assert lacking(P, "1", NOTHING, [cited(K.PROTOCOL, axis=commitment)])
    assert not lacking(C, "2", NOTHING, [cited(K.PROTOCOL, axis=commitment)])
    assert not lacking(P, "1", NOTHING, [cited(K.PROTOCOL, axis=practice)])


citations = st.builds(
    Cited,
    st.sampled_from(CitationAxis),
    st.sampled_from(InstrumentKind),
    st.none() | st.dates(),
    st.sampled_from(["", "p. 4"]),
)
texts = st.sampled_from(["", "somebody"])
supports = st.builds(Support, texts, texts, st.none() | st.dates(), texts, texts, st.none() | st.just(START))


@given(
    st.sampled_from(Axis), st.sampled_from(LEVEL_CODES), supports, st.lists(citations, max_size=4), citations
)
def test_more_evidence_never_makes_a_level_less_documented(
    axis: Axis, code: str, support: Support, before: list[Cited], more: Cited
) -> None:
    if not lacking(axis, code, support, before):
        assert not lacking(axis, code, support, [*before, more])


@given(supports, st.lists(citations, max_size=4))
def test_a_documented_level_documents_those_below(support: Support, found: list[Cited]) -> None:
    """Adopted and resourced is adopted; adopted is at least proposed. Level 0 is of another kind."""
    for axis, chain in ((C, "4321"), (P, "321")):
        for higher, lower in pairwise(chain):
            if not lacking(axis, higher, support, found):
                assert not lacking(axis, lower, support, found), (axis, higher, lower)
