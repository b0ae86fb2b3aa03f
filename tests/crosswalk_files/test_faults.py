"""What a file gets wrong is told by row and field, in plain words."""

import io
from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pytest

from tests.crosswalk_files.sets import INDEX, LABELS, SOURCE, TARGET, small
from tracker.crosswalk_files import formats, sssom_read
from tracker.crosswalk_files.plan import faults_of
from tracker.crosswalk_files.values import Said, in_order, split
from tracker.frameworks.tree import Unreadable
from tracker.kit.vocabulary import Relation

HEAD = "\n".join(
    (
        "#curie_map:",
        "#  source: 'urn:tracker:framework:hhs-core-competencies:2021:'",
        "#  target: 'urn:tracker:framework:other-guide:1.0:'",
        "#  item: 'urn:elsewhere:'",
        "#mapping_set_version: 0.1\n",
    )
)
COLUMNS = [
    "subject_id",
    "predicate_id",
    "object_id",
    "mapping_justification",
    "confidence",
    "comment",
    "strength",
]
COLUMNS += ["relation", "mapping_group", "predicate_modifier", "domains", "mapping_date", "object_source"]
ROW = {
    "subject_id": "source:HTCC-0",
    "predicate_id": "skos:narrowMatch",
    "object_id": "target:G.0",
    "mapping_justification": "semapv:ManualMappingCuration",
    "comment": "Why.",
}


def tsv(*rows: dict[str, str], head: str = HEAD) -> bytes:
    lines = ["\t".join(COLUMNS)]
    lines += ["\t".join((ROW | row).get(name, "") for name in COLUMNS) for row in rows]
    return (head + "\n".join(lines) + "\n").encode()


def refused(data: bytes, kind: str = "sssom") -> list[str]:
    """The faults of a file, read and with its items looked up."""
    try:
        file = formats.read(data, kind)
    except Unreadable as refusal:
        return [str(fault) for fault in refusal.faults]
    return [str(fault) for fault in in_order((*file.faults, *split(file, INDEX)[1]))]


def test_a_plain_file_has_no_faults() -> None:
    assert refused(tsv({})) == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"predicate_id": "skos:sameAs"}, "row 7, predicate_id: “skos:sameAs” is not known here"),
        (
            {"predicate_id": "skos:mappingRelation"},
            "row 7, predicate_id: This says that there is some relation",
        ),
        ({"predicate_modifier": "Not"}, "row 7, predicate_id: This says only what the relation is not"),
        ({"predicate_modifier": "Maybe"}, "row 7, predicate_modifier: This can only be Not."),
        ({"relation": "is_like"}, "row 7, relation: “is_like” is not known here; it can be equal, subset_of"),
        (
            {"relation": "subset_of"},
            "row 7, relation: “subset_of” and “skos:narrowMatch” contradict each other.",
        ),
        ({"confidence": "7"}, "row 7, confidence: “7” is no number from 0 to 1."),
        ({"confidence": "nan"}, "row 7, confidence: “nan” is no number from 0 to 1."),
        ({"confidence": "٠"}, "row 7, confidence"),
        ({"strength": "11"}, "row 7, strength: “11” is no whole number from 0 to 10."),
        ({"strength": "-1"}, "row 7, strength"),
        ({"comment": ""}, "row 7, comment: Every mapping says why."),
        ({"comment": "x" * 1501}, "row 7, comment: Use at most 1500 characters; this has 1501."),
        ({"comment": "a\x07b"}, "row 7, comment: There are control characters in it."),
        ({"mapping_justification": "because"}, "row 7, mapping_justification: “because” is not known here"),
        ({"domains": "individual|all"}, "row 7, domains: “all” is not known here"),
        ({"mapping_date": "2024-02-30"}, "row 7, mapping_date: “2024-02-30” is no day"),
        ({"mapping_date": "20240201"}, "row 7, mapping_date: “20240201” is no day"),
        ({"object_id": "target:NOWHERE"}, f"row 7, object_id: {TARGET} has no item “NOWHERE”."),
        ({"object_id": "item:NOWHERE"}, "row 7, object_id: No framework here has an item “NOWHERE”."),
        ({"object_id": "other:G.0"}, "row 7, object_id: “other:G.0” is no item"),
        ({"object_id": "https://x.example/G"}, "row 7, object_id: “https://x.example/G” is no item"),
        ({"object_id": "source:HTCC-1"}, f"Both sides are of {SOURCE}."),
    ],
)
def test_a_wrong_row_is_told_by_row_and_column(row: dict[str, str], told: str) -> None:
    [fault] = refused(tsv(row))
    assert fault.startswith(told)


def test_every_fault_is_told_at_once() -> None:
    found = refused(tsv({"confidence": "7"}, {"object_id": "target:G.1", "comment": "", "strength": "11"}))
    assert [fault.partition(":")[0] for fault in found] == [
        "row 7, confidence",
        "row 8, comment",
        "row 8, strength",
    ]


def test_header_rows_and_items_are_told_together() -> None:
    """One pass, whatever kind a fault is of; nothing is told that follows from another fault."""
    lines = tsv(
        {"confidence": "7", "predicate_id": "skos:sameAs"},
        {"object_id": "target:NOWHERE", "comment": ""},
        {"subject_id": "other:HTCC-1"},
    ).decode()
    without = lines.replace("mapping_justification", "justified_how").encode()
    assert [fault.partition(":")[0] for fault in refused(without)] == [
        "row 6, mapping_justification",
        "row 7, predicate_id",
        "row 7, confidence",
        "row 8, comment",
        "row 8, object_id",
        "row 9, subject_id",
    ]


def test_rows_are_read_below_a_head_that_is_none() -> None:
    found = refused(tsv({"confidence": "7"}, {"comment": ""}, head="#a: [\n"))
    assert [fault.partition(":")[0] for fault in found] == [
        "row 1, metadata",
        "row 3, confidence",
        "row 4, comment",
    ]
    prefix = HEAD.replace("'urn:tracker:framework:other-guide:1.0:'", "[]")
    found = refused(tsv({"confidence": "7"}, head=prefix))
    assert [fault.partition(":")[0] for fault in found] == ["curie_map", "row 7, confidence"]


def test_a_mapping_is_stated_once() -> None:
    assert refused(tsv({}, {})) == [
        "row 8, object_id: This says the same as row 7; a mapping is stated once."
    ]
    assert refused(tsv({}, {"domains": "individual"})) == []


def test_an_item_of_several_frameworks_must_be_said_of_which() -> None:
    file = sssom_read.read(tsv({"object_id": "item:G.0"}))
    [fault] = split(file, INDEX | {"G.0": [TARGET, "other-guide@2"]})[1]
    assert "is an item of several: other-guide@1.0, other-guide@2" in fault.text
    stated = sssom_read.read(tsv({"object_id": "item:G.0", "object_source": "target:"}, head=HEAD))
    assert split(stated, INDEX | {"G.0": [TARGET, "other-guide@2"]})[1] == []


class TestGroups:
    GROUP = ({"mapping_group": "a"}, {"mapping_group": "a", "subject_id": "source:HTCC-1"})

    def test_rows_of_a_group_are_one_mapping(self) -> None:
        rows = [row | {"relation": "equal", "predicate_id": "skos:broadMatch"} for row in self.GROUP]
        [content], faults = split(sssom_read.read(tsv(*rows)), INDEX)
        assert faults == []
        assert [(s.sources, s.targets, s.relation) for s in content.said] == [
            (("HTCC-0", "HTCC-1"), ("G.0",), Relation.EQUAL)
        ]

    def test_they_say_the_same(self) -> None:
        first, second = self.GROUP
        assert refused(tsv(first, second | {"comment": "Other."})) == [
            "row 8, comment: row 7 says something else here, and is of the same group."
        ]

    def test_they_are_all_there(self) -> None:
        first, second = self.GROUP
        [fault] = refused(tsv(first, second | {"object_id": "target:G.1"}))
        assert fault.startswith(
            "row 7, mapping_group: A group relates each of its sources to each of its targets: 2 of 4"
        )
        [fault] = refused(tsv(first, first))
        assert fault == "row 7, mapping_group: The group states one of its pairs twice."

    def test_an_item_without_a_counterpart_stands_alone(self) -> None:
        first, second = self.GROUP
        [fault] = refused(tsv(first, second | {"object_id": "sssom:NoTermFound"}))
        assert fault.startswith("row 7, mapping_group")


class TestNoCounterpart:
    def test_it_is_of_the_framework_that_is_named(self) -> None:
        rows = {"predicate_id": "skos:mappingRelation", "object_id": "sssom:NoTermFound", "confidence": "0.9"}
        [content], faults = split(
            file := sssom_read.read(tsv({}, rows | {"subject_id": "source:HTCC-1"})), INDEX
        )
        assert faults == []
        assert content.said[1] == Said(
            ("HTCC-1",), (), Relation.NO_RELATIONSHIP, "Why.", justification="semapv:ManualMappingCuration"
        )
        assert "row 8: an item without a counterpart has no confidence" in file.notes[0]

    def test_the_file_must_tell_in_which(self) -> None:
        [fault] = refused(tsv({"predicate_id": "skos:exactMatch", "object_id": "sssom:NoTermFound"}))
        assert fault.startswith("row 7, object_id: Say in which framework there is no counterpart")

    def test_it_is_not_related_as_well(self) -> None:
        one, _jointly, lone = small().said
        [fault] = faults_of([one, replace(lone, targets=("G.0",), where="row 9")])
        assert fault.text == "“G.0” is related here, and row 9 says that it has no counterpart."


class TestNoSuchFile:
    @pytest.mark.parametrize("kind", ["sssom", "csv"])
    def test_bytes_that_are_no_text(self, kind: str) -> None:
        assert refused(b"#a: 1\nsubject_id\xff\n", kind) == ["row 2: This is not UTF-8 text."]

    @pytest.mark.parametrize("kind", formats.FORMATS)
    def test_too_large(self, kind: str) -> None:
        assert refused(b"x" * (50 * 1024 * 1024), kind) == ["The file has 50 MB; 10 MB is the most."]

    @pytest.mark.parametrize("kind", formats.FORMATS)
    def test_nothing_in_it(self, kind: str) -> None:
        assert refused(b"", kind)

    def test_too_many_rows(self) -> None:
        rows = [{"subject_id": f"source:{n}"} for n in range(5001)]
        assert refused(tsv(*rows)) == ["5000 rows at most."]

    def test_a_row_of_another_width(self) -> None:
        assert refused(tsv({}) + b"a\tb\n") == ["row 8: 2 cells for 13 columns."]

    def test_columns_that_are_missing(self) -> None:
        assert refused(HEAD.encode() + b"subject_id\tobject_id\n") == [
            "row 6, predicate_id: This column is missing.",
            "row 6, mapping_justification: This column is missing.",
        ]

    @pytest.mark.parametrize(
        ("head", "told"),
        [
            ("#a: &x [1]\n#b: *x\n", "row 1, metadata: SSSOM takes no YAML anchors"),
            ("#a: !!python/object/apply:os.system ['id']\n", "row 1, metadata: SSSOM takes no YAML anchors"),
            ("#a: " + "[" * 9 + "]" * 9 + "\n", "metadata: The metadata block is nested too deep."),
            ("#a: " + "[" * 60_000 + "\n", "metadata: The metadata block is nested too deep."),
            ("#a: " + "x" * 70_000 + "\n", "metadata: The metadata block is longer than"),
            ("#a: [\n", "row 1, metadata: The metadata block is no YAML"),
            ("#- a\n", "metadata: The metadata block is no list of names"),
        ],
    )
    def test_a_head_that_is_no_plain_metadata(self, head: str, told: str) -> None:
        [fault] = refused(tsv({}, head=head))
        assert fault.startswith(told)

    def test_a_head_with_a_thousand_aliases_is_refused_at_once(self) -> None:
        bomb = "#a0: &a0 [x, x]\n" + "".join(f"#a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
        [fault] = refused(tsv({}, head=bomb))
        assert fault.startswith("row 1, metadata")


class TestTables:
    def change(self, change: Callable[[list[str]], list[str]]) -> bytes:
        lines = formats.write(small(), "csv", LABELS, "").decode().split("\r\n")
        return "\r\n".join(change(lines)).encode()

    def test_relation_by_row_and_column(self) -> None:
        wrong = self.change(lambda lines: [line.replace("superset of", "bigger than") for line in lines])
        [fault] = refused(wrong, "csv")
        assert fault.startswith(
            "row 9, Relationship: “bigger than” is not known here; it can be equal, subset of"
        )

    def test_only_no_counterpart_leaves_a_side_empty(self) -> None:
        wrong = self.change(lambda lines: [line.replace("not related to", "equal") for line in lines])
        assert refused(wrong, "csv") == [
            "row 12, Focal Document Element: Name the item; only “not related to” leaves one side empty, "
            "for no counterpart."
        ]

    def test_all_of_it_at_once(self) -> None:
        def spoil(lines: list[str]) -> list[str]:
            lines = [line.replace("superset of", "bigger than").replace("HTCC-1", "HTCC-X") for line in lines]
            return [line.replace("Comments", "Remarks") for line in lines]

        found = [fault.partition(":")[0] for fault in refused(self.change(spoil), "csv")]
        assert "row 9, Relationship" in found
        assert "row 9, Comments" in found
        assert any(fault.startswith("row 10, Focal") for fault in found)

    def test_a_table_as_nist_publishes_it(self) -> None:
        columns = [
            "Focal Document\nElement",
            "Focal Document Element Description",
            "Security Control\nBaseline",
        ]
        columns += ["Rationale", "Relationship", "Reference Document\nElement", "Comments\n(Optional)"]
        columns += ["Strength of\nRelationship\n(Optional)", "Fulfilled By (Y/N)"]
        row = ["HTCC-0", "words", "Low", "Functional", "Intersects  with", "G.0", "They overlap.", "5", "N"]
        table = "\n".join(",".join(f'"{cell}"' for cell in line) for line in (columns, row))
        [content], faults = split(file := formats.read(table.encode(), "csv"), INDEX)
        assert faults == []
        assert content.said == (
            Said(("HTCC-0",), ("G.0",), Relation.INTERSECTS_WITH, "They overlap.", strength=5),
        )
        assert content.head.key == "hhs-core-competencies--other-guide"
        assert file.notes == ("Columns that are not used here: Security Control Baseline.",)

    def test_what_a_spreadsheet_would_run_is_marked(self) -> None:
        said = replace(small().said[0], rationale="=1+1", citation="@x", author="+1", reviewer="-1")
        content = small(said=(said,))
        written = formats.write(content, "csv", LABELS, "").decode()
        assert all(f"'{text}" in written for text in ("=1+1", "@x", "+1", "-1"))
        assert split(formats.read(written.encode(), "csv"), INDEX)[0] == [content]
        book = openpyxl.load_workbook(io.BytesIO(formats.write(content, "xlsx", LABELS, "")))
        cells = [cell for row in book.active.iter_rows() for cell in row if cell.value == "=1+1"]
        assert [cell.data_type for cell in cells] == ["s"]

    def test_no_workbook(self) -> None:
        assert refused(b"PK\x03\x04 not really", "xlsx")[0].startswith("This workbook can't be read")
        assert refused(b"text", "xlsx") == ["This is no XLSX workbook."]

    def test_a_formula_is_refused(self) -> None:
        book = openpyxl.load_workbook(io.BytesIO(formats.write(small(), "xlsx", LABELS, "")))
        book.active["I9"] = "=1+1"
        out = io.BytesIO()
        book.save(out)
        [fault] = refused(out.getvalue(), "xlsx")
        assert fault.startswith("row 9, I9: There is a formula")
