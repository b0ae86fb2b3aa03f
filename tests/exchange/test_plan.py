"""What becomes of each row, and what is wrong with it, by row and column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.sheet import FIRST, SECOND, THIRD, Row, as_csv, faults, known, of_csv, planned, row
from tracker.entries.content import FIELDS
from tracker.entries.forms import MOST_CITATIONS, EntryForm
from tracker.exchange.columns import CITATION, COLUMNS, CONTENT_AT, LENGTHS, digest, marked, plain, unmarked
from tracker.exchange.grid import as_csv as written
from tracker.exchange.known import Stored, cell_key, cell_of
from tracker.exchange.plan import Verdict
from tracker.kit.forms import FormData
from tracker.kit.vocabulary import Domain, DraftState

KEY = cell_key(1, 10, "educator")


def faults_of(**cells: str) -> list[tuple[int, str]]:
    planner, found = planned(as_csv([row(**cells)]))
    assert bool(found) != bool(planner.report.faulty)
    return faults(planner)


def test_cell_keys_come_back() -> None:
    for domain in Domain:
        for place, item in ((1, 1), (99_999, 123_456), (2**31 - 1, 2**28 - 1)):
            assert cell_of(cell_key(place, item, domain)) == (place, item, domain)


def test_a_new_row_is_added() -> None:
    planner, found = planned(as_csv([row()]))
    assert [(p.row, p.verdict, p.key) for p in found] == [(2, Verdict.ADDED, KEY)]
    assert planner.report.counts == {Verdict.ADDED: 1}


def test_a_blank_row_is_left_alone_and_never_means_0() -> None:
    blank = row(commitment="", practice="", basis="", scope="", kind="")
    planner, found = planned(as_csv([blank, blank | {"domain": "individual", "note": "typed in vain"}]))
    assert found == []
    assert planner.report.counts == {Verdict.LEFT_ALONE: 2}
    assert [(f.row, f.column) for f in planner.report.overlooked] == [(3, "note")]
    assert "Fill in commitment and practice" in planner.report.overlooked[0].text


@pytest.mark.parametrize("column", ["commitment", "practice"])
def test_one_blank_axis_is_a_fault(column: str) -> None:
    assert faults_of(**{column: ""} | ({"practice": "1"} if column == "commitment" else {})) == [(2, column)]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"jurisdiction": "XAB"}, "jurisdiction"),
        ({"jurisdiction": ""}, "jurisdiction"),
        ({"jurisdiction": "xaa"}, "jurisdiction"),
        ({"framework": "other"}, "item"),
        ({"framework_version": "1999"}, "item"),
        ({"item": "HTCC-7"}, "item"),
        ({"domain": "all"}, "domain"),
        ({"domain": ""}, "domain"),
        ({"commitment": "5"}, "commitment"),
        ({"commitment": "2.0"}, "commitment"),
        ({"practice": "Not assessed"}, "practice"),
        ({"basis": "by name"}, "basis"),
        ({"scope": "wide"}, "scope"),
        ({"kind": "correction"}, "kind"),
        ({"kind": "other"}, "kind"),
        ({"valid_from": "27.03.2024"}, "valid_from"),
        ({"valid_from": "20240327"}, "valid_from"),
        ({"valid_from": "2024-W12-3"}, "valid_from"),
        ({"valid_to": "2024-02-30"}, "valid_to"),
        ({"search_when": "1066-10-14"}, "search_when"),
        ({"valid_from": "2024-01-02", "valid_to": "2024-01-01"}, "valid_to"),
        ({"practice": "not_applicable"}, "not_applicable_reason"),
        ({"citation_1_axis": "commitment"}, "citation_1_instrument"),
        ({"citation_1_instrument": "act-1"}, "citation_1_axis"),
        ({"citation_1_locator": "s. 1", "citation_1_instrument": "act-1"}, "citation_1_axis"),
        ({"citation_1_axis": "paper", "citation_1_instrument": "act-1"}, "citation_1_axis"),
        ({"citation_3_axis": "both", "citation_3_instrument": "no such"}, "citation_3_instrument"),
        ({"citation_2_axis": "neither", "citation_2_instrument": "act-1"}, "citation_2_axis"),
        ({"note": "a NUL \x00 byte"}, "note"),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column(cells: dict[str, str], column: str) -> None:
    assert (2, column) in faults_of(**cells)


def test_level_0_needs_its_search_note() -> None:
    assert faults_of(commitment="0") == [(2, "search_who"), (2, "search_where"), (2, "search_when")]
    note = {"search_who": "Registry", "search_where": "Gazette", "search_when": "2024-01-02"}
    assert faults_of(commitment="0", **note) == []


@pytest.mark.parametrize("name", sorted(set(LENGTHS) - {"instrument"}))
def test_texts_have_their_length(name: str) -> None:
    cited = {"citation_1_axis": "both", "citation_1_instrument": "act-1"}
    column = name if name in FIELDS else f"citation_1_{name}"
    assert faults_of(**cited | {column: "x" * LENGTHS[name]}) == []
    assert faults_of(**cited | {column: "x" * (LENGTHS[name] + 1)}) == [(2, column)]


def test_a_cell_of_a_megabyte_is_told_by_its_column() -> None:
    assert faults_of(note="x" * 1_000_000) == [(2, "note")]


def test_bytes_that_are_no_utf_8_are_told_where_they_stand() -> None:
    content = as_csv([row(), row(domain="individual", owner="ministere")])
    planner, found = planned(content.replace(b"ministere", "ministère".encode("latin-1")))
    assert faults(planner) == [(3, "owner")]
    assert len(found) == 1
    assert "UTF-8" in planner.report.faults[0].text


def test_a_file_in_another_encoding_has_one_fault() -> None:
    rows = [row(domain=d, owner="ministère", note="é") for d in ("educator", "individual", "researcher")]
    planner, found = planned(as_csv(rows).decode().encode("latin-1"))
    assert (found, planner.report.faulty) == ([], 1)


def test_two_rows_for_one_cell() -> None:
    planner, _found = planned(as_csv([row(), row(domain="individual"), row(note="again")]))
    assert faults(planner) == [(4, "")]
    assert "Row 2" in planner.report.faults[0].text


def test_many_faults_are_counted_and_the_first_told() -> None:
    planner, _found = planned(as_csv([row(commitment="9")] + [row()] * 500))
    assert planner.report.faulty == 501
    assert len(planner.report.faults) == 200


def test_instruments_by_key_id_and_exact_title() -> None:
    def instrument(text: str, **more: str) -> str:
        cited = {"citation_2_axis": "both", "citation_2_instrument": text}
        _planner, found = planned(as_csv([row(**cited | more)]))
        return found[0].texts[len(FIELDS) + 1] if found else ""

    assert instrument("act-1") == instrument(FIRST) == instrument("Health Act") == FIRST
    assert instrument(FIRST.upper()) == FIRST
    assert instrument(f" {FIRST} ") == FIRST
    assert instrument("health act") == ""
    # an instrument below the jurisdiction is none of its own; above it both may be meant
    assert instrument("Twice") == SECOND
    assert instrument("Twice", jurisdiction="XAA-1") == ""
    assert instrument(THIRD, jurisdiction="XAA-1") == THIRD


def test_a_gap_between_citations_closes() -> None:
    first = {"citation_1_axis": "both", "citation_1_instrument": "act-1"}
    third = {"citation_3_axis": "both", "citation_3_instrument": "act-1"}
    (a,), (b,) = planned(as_csv([row(**first)]))[1], planned(as_csv([row(**third)]))[1]
    assert a.texts == b.texts


def stored(said: Row, state: DraftState | None = DraftState.DRAFT) -> Stored:
    (before,) = planned(as_csv([said]))[1]
    return Stored({KEY: digest(before.texts)}, {KEY: state} if state else {}, {} if state else {KEY: 7})


@pytest.mark.parametrize("state", [None, *DraftState])
def test_the_same_again_changes_nothing_whatever_its_state(state: DraftState | None) -> None:
    planner, found = planned(as_csv([row(note="said")]), known(stored(row(note="said"), state)))
    assert found == []
    assert planner.report.counts == {Verdict.UNCHANGED: 1}
    assert planner.report.faulty == 0


@pytest.mark.parametrize("state", [None, DraftState.DRAFT, DraftState.RETURNED])
def test_something_else_changes_it(state: DraftState | None) -> None:
    _planner, found = planned(as_csv([row(note="new")]), known(stored(row(note="said"), state)))
    assert [p.verdict for p in found] == [Verdict.CHANGED]


def test_what_waits_for_its_reviewer_is_not_overwritten() -> None:
    planner, found = planned(as_csv([row(note="new")]), known(stored(row(), DraftState.SUBMITTED)))
    assert found == []
    assert "waits for its reviewer" in planner.report.faults[0].text


def test_a_correction_needs_something_published() -> None:
    _planner, found = planned(as_csv([row(kind="correction")]), known(stored(row(), None)))
    assert [p.verdict for p in found] == [Verdict.CHANGED]


def test_the_basis_tells_of_what_is_replaced_and_by_what() -> None:
    def basis(content: bytes, before: Stored | None = None) -> str:
        return planned(content, known(before))[0].basis

    one, other = as_csv([row(note="one")]), as_csv([row(note="other")])
    assert basis(one) == basis(one)
    assert len({basis(one), basis(other), basis(one, stored(row())), basis(one, stored(row(owner="x")))}) == 4


def test_the_sha_256_is_of_the_rows_and_not_of_how_they_are_saved() -> None:
    rows = [row(note="é, and more"), row(domain="individual")]
    hashes = {planned(as_csv(rows, separator))[0].sha256 for separator in ",;\t"}
    assert len(hashes | {planned(b"\xef\xbb\xbf" + as_csv(rows))[0].sha256}) == 1
    assert planned(as_csv(rows[::-1]))[0].sha256 not in hashes


LEVELS = st.sampled_from(["0", "1", "4", "not_assessed", "not_applicable", "withheld", "9", "x"])
DAYS = st.sampled_from(["", "2024-01-01", "2023-12-31", "1.1.2024", "2024-02-30", "20240101"])
SAID = st.fixed_dictionaries(
    {
        "commitment": LEVELS,
        "practice": LEVELS,
        "basis": st.sampled_from(["", "by_name", "no"]),
        "scope": st.sampled_from(["", "targeted", "no"]),
        "valid_from": DAYS,
        "valid_to": DAYS,
        "search_who": st.sampled_from(["", "Registry"]),
        "search_where": st.sampled_from(["", "Gazette"]),
        "search_when": DAYS,
        "not_applicable_reason": st.sampled_from(["", "No such facility"]),
        "note": st.sampled_from(["", "x" * 1500, "x" * 1501]),
        "kind": st.sampled_from(["change", "correction"]),
    }
)


@given(said=SAID, published=st.booleans())
def test_a_row_is_taken_exactly_when_the_form_takes_it(said: dict[str, str], published: bool) -> None:
    form = EntryForm(FormData(list(said.items())))
    form.prepare([], published=published)
    taken = form.validate()
    before = stored(row(note="before"), None) if published else None
    planner, found = planned(as_csv([row(basis="", scope="") | said]), known(before))
    assert bool(found) == taken, (form.errors, planner.report.faults)


def test_a_row_has_room_for_fewer_citations_than_an_entry() -> None:
    assert MOST_CITATIONS > 3
    assert len(COLUMNS) == CONTENT_AT + len(FIELDS) + 3 * len(CITATION)


@given(text=st.text())
def test_the_mark_against_formulas_comes_off_again(text: str) -> None:
    assert unmarked(marked(text)) == text
    assert not marked(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(texts=st.lists(st.text(st.characters(codec="utf-8")), min_size=3, max_size=3))
def test_texts_survive_the_csv(texts: list[str]) -> None:
    said = dict(zip(("note", "owner", "scope_note"), map(plain, texts), strict=True))
    content = written([list((row() | said).values())])
    (cells,) = of_csv(content)
    assert not any(text.startswith(("=", "+", "-", "@")) for text in cells.values())
    planner, found = planned(content)
    if found:
        got = dict(zip(FIELDS, found[0].texts, strict=False))
        assert {name: got[name] for name in said} == said
    else:
        assert any(len(text) > LENGTHS[name] for name, text in said.items()), planner.report.faults
