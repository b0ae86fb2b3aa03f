"""What is written and read again is the same: for every set that the record can hold, in each format."""

import io

import pytest
from hypothesis import given, settings

from tests.crosswalk_files.sets import INDEX, LABELS, contents, small
from tracker.crosswalk_files import formats, olir, sssom
from tracker.crosswalk_files.values import SetContent, split
from tracker.kit import xlsx_child
from tracker.kit.vocabulary import Relation

BASE = "https://tracker.example"


def again(content: SetContent, kind: str) -> SetContent:
    """The set after it was written to a file and read from it."""
    file = formats.read(formats.write(content, kind, LABELS, BASE), kind)
    sets, faults = split(file, INDEX)
    assert faults == []
    [read] = sets
    return read


@pytest.mark.parametrize("kind", ["sssom", "csv"])
def test_what_is_written_is_read_again(kind: str) -> None:
    @given(contents())
    @settings(max_examples=150, deadline=None, derandomize=True)
    def same(content: SetContent) -> None:
        assert again(content, kind) == content

    same()


def test_what_is_written_to_a_workbook_is_read_again() -> None:
    @given(contents())
    @settings(max_examples=60, deadline=None, derandomize=True)
    def same(content: SetContent) -> None:
        table = io.StringIO()
        xlsx_child.convert(formats.write(content, "xlsx", LABELS, BASE), table, olir.SHEET)
        [read], faults = split(olir.read_csv(table.getvalue().encode()), INDEX)
        assert (read, faults) == (content, [])

    same()


def test_a_workbook_goes_through_a_process_of_its_own() -> None:
    assert again(small(), "xlsx") == small()


def test_a_row_says_what_holds_of_its_pair() -> None:
    """A reader that knows no extension must not take one of several that are jointly equal for an exact match."""
    one, jointly, second = (
        sssom.write(small(), LABELS, BASE).decode().partition("subject_id")[2].split("\n")[1:4]
    )
    assert "skos:narrowMatch" in one
    assert "skos:broadMatch" in jointly
    assert "\tequal\t" in jointly
    assert "skos:broadMatch" in second
    many = sssom.predicate_of(Relation.EQUAL, sources=2, targets=2)
    assert many == "skos:relatedMatch"
    assert sssom.predicate_of(Relation.EQUAL, sources=1, targets=2) == "skos:narrowMatch"
    assert sssom.predicate_of(Relation.SUBSET_OF, sources=1, targets=2) == "skos:relatedMatch"
