"""Referential integrity of the seed files, and their promises: what is real, fictional, claimed."""

import csv
import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from tracker.crosswalk_files import sssom_read
from tracker.crosswalk_files.values import split
from tracker.entries.evidence import Cited, Support, lacking
from tracker.jurisdictions.iso import countries, subdivisions
from tracker.kit.vocabulary import (
    MISSING_CODES,
    PRACTITIONER_DOMAINS,
    VALUE_CODES,
    Axis,
    Basis,
    CitationAxis,
    DraftState,
    InstrumentKind,
    JurisdictionKind,
    MandateKind,
    OrganisationKind,
    Relation,
    RevisionKind,
    Scope,
)

SEED = Path(__file__).parents[2] / "seed"
COMPETENCIES = ("HTCC-UC", *(f"HTCC-C{n}" for n in range(1, 7)))
US_STATES = {"US-CT", "US-FL", "US-LA", "US-MI", "US-TX"}
AXES = [axis.value for axis in Axis]
ROLES = {"viewer", "contributor", "reviewer", "admin"}
NAMES_COMPETENCIES = re.compile(r"competenc|compétence", re.IGNORECASE)
PERSONAL = re.compile(r"@|\+\d|\d{6,}|\b\d{4}-\d\d-\d\d\b|\b(born|aged?|years? old|Mr|Mrs|Ms|Dr)\b")
UNWANTED = re.compile(r"victim|víctima|slave|rescue|photo|ضحايا|ضحية", re.IGNORECASE)


def read(name: str) -> list[dict[str, str]]:
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        # Files of the exchange formats tell of the whole in lines before their columns.
        rows = list(csv.DictReader((line for line in file if not line.startswith("#")), strict=True))
    assert all(None not in row and None not in row.values() for row in rows), f"{name}: ragged row"
    return rows


def demo(name: str) -> list[dict[str, str]]:
    return read(f"demo/{name}.csv")


def day(text: str) -> date:
    return date.fromisoformat(text)


def optional_day(text: str) -> date | None:
    return day(text) if text else None


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def keyed(rows: list[dict[str, str]], column: str) -> dict[str, dict[str, str]]:
    found = {row[column]: row for row in rows}
    assert len(found) == len(rows), f"{column} repeats"
    return found


def entry_of(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[column] for column in ("organisation", "jurisdiction", "item", "domain"))


@pytest.fixture(scope="module")
def places() -> set[str]:
    return {place.code for place in (*countries(), *subdivisions())}


@pytest.fixture(scope="module")
def fictional() -> dict[str, dict[str, str]]:
    return keyed(demo("jurisdictions"), "code")


@pytest.fixture(scope="module")
def organisations() -> dict[str, dict[str, str]]:
    return keyed(demo("organisations"), "key")


@pytest.fixture(scope="module")
def instruments() -> dict[str, dict[str, str]]:
    return keyed(demo("instruments"), "key")


@pytest.fixture(scope="module")
def revisions() -> dict[str, dict[str, str]]:
    return keyed(demo("revisions"), "seq")


@pytest.fixture(scope="module")
def published(revisions) -> list[dict[str, str]]:
    return [row for row in revisions.values() if row["state"] == "published"]


@pytest.fixture(scope="module")
def cited() -> dict[str, list[dict[str, str]]]:
    found = defaultdict(list)
    for row in demo("citations"):
        found[row["revision_seq"]].append(row)
    return found


class TestFrameworks:
    def test_items_belong_to_known_versions_and_parents(self):
        versions = {(row["key"], row["version"]) for row in read("frameworks.csv")}
        items = keyed(read("framework-items.csv"), "key")
        assert (len(versions), len(items)) == (15, 106)
        for row in items.values():
            assert (row["framework"], row["version"]) in versions
            assert not row["parent"] or items[row["parent"]]["framework"] == row["framework"]
            assert row["wording"] in {"title", "paraphrase"} and row["provenance"] in {
                "verified",
                "secondary",
            }

    def test_the_competencies_are_seven(self):
        items = [r["key"] for r in read("framework-items.csv") if r["framework"] == "hhs-core-competencies"]
        assert items == list(COMPETENCIES)

    def test_what_is_left_to_import_is_not_there_yet(self):
        kinds = {(row["framework"], row["kind"]) for row in read("framework-items.csv")}
        left = {
            row["key"]: row["left_to_import_kind"] for row in read("frameworks.csv") if row["left_to_import"]
        }
        assert left == {
            "hhs-core-competencies": "sub-competency",
            "delta87-justice": "hypothesis",
            "osce-nrm-handbook": "standard",
            "iom-caring-for-trafficked-persons": "action-sheet",
        }
        assert not kinds & set(left.items())

    def test_words_and_kind_of_what_is_left_come_together(self):
        assert all(
            bool(r["left_to_import"]) == bool(r["left_to_import_kind"]) for r in read("frameworks.csv")
        )

    def test_mappings_name_known_items_and_claim_no_equality(self):
        file = sssom_read.read((SEED / "crosswalk-draft.sssom.tsv").read_bytes())
        index: dict[str, set[str]] = {}
        for row in read("framework-items.csv"):
            index.setdefault(row["key"], set()).add(f"{row['framework']}@{row['version']}")
        contents, faults = split(file, index)
        assert faults == []
        assert len(contents) == 13
        said = [said for content in contents for said in content.said]
        assert len(said) == 64
        assert {s.relation for s in said} <= {Relation.SUPERSET_OF, Relation.SUBSET_OF, Relation.SUPPORTS}


class TestCountryGroups:
    def test_one_row_for_each_country(self):
        assert [row["code"] for row in read("country-groups.csv")] == [place.code for place in countries()]

    def test_193_members_of_the_united_nations(self):
        count = Counter(row["un_member"] for row in read("country-groups.csv"))
        assert count == {"yes": 193, "no": 56}

    def test_regions_and_income_groups_are_of_the_list(self):
        for row in read("country-groups.csv"):
            assert row["region"] in {
                "Africa",
                "Americas",
                "Asia",
                "Europe",
                "Oceania",
                "none",
            }
            assert (row["region"] == "none") == (row["subregion"] == "none") == (row["code"] == "ATA")
            assert row["income_group"] in {
                "low",
                "lower_middle",
                "upper_middle",
                "high",
                "not_classified",
            }

    def test_every_subregion_lies_in_one_region(self):
        pairs = {(row["subregion"], row["region"]) for row in read("country-groups.csv")}
        assert len(pairs) == len({subregion for subregion, _ in pairs})

    def test_the_members_not_classified_are_known(self):
        rows = read("country-groups.csv")
        left = [r["code"] for r in rows if r["un_member"] == "yes" and r["income_group"] == "not_classified"]
        assert left == ["VEN"]


class TestRealStates:
    def test_eight_cells_all_equivalent(self):
        rows = read("coding-us-states.csv")
        assert len(rows) == 8 and {row["basis"] for row in rows} == {"equivalent"}
        assert {row["jurisdiction"] for row in rows} == US_STATES

    def test_each_cell_cites_an_instrument_of_its_state(self):
        instruments = keyed(read("instruments-us-states.csv"), "key")
        for row in read("coding-us-states.csv"):
            assert instruments[row["instrument"]]["jurisdiction"] == row["jurisdiction"]
            assert instruments[row["instrument"]]["kind"] in list(InstrumentKind)
            assert row["item"] in COMPETENCIES and row["domain"] in PRACTITIONER_DOMAINS
            assert row["commitment"] in VALUE_CODES and row["practice"] in VALUE_CODES

    def test_no_real_jurisdiction_is_in_the_demo_records(self, places, revisions, instruments):
        real = [r for r in (*revisions.values(), *instruments.values()) if r["jurisdiction"] in places]
        assert real == []

    def test_nobody_is_steward_of_a_real_jurisdiction(self, places):
        assert not [m for m in demo("mandates") if m["kind"] == "steward" and m["jurisdiction"] in places]


class TestWorld:
    def test_fictional_places_are_on_user_assigned_codes(self, fictional, places):
        assert not fictional.keys() & places
        for code, row in fictional.items():
            assert re.fullmatch(r"X[A-Z]{2}(\.[A-Z]+)?", code) and row["kind"] in list(JurisdictionKind)
            assert row["parent"] == code.partition(".")[0] * ("." in code)
            assert "ictional" in row["note"]
        assert Counter(row["kind"] for row in fictional.values()) == {
            "country": 3,
            "health_system": 2,
        }

    def test_no_fictional_name_is_a_real_one(self, fictional):
        real = {place.name.casefold() for place in (*countries(), *subdivisions())}
        assert not real & {row["name"].casefold() for row in fictional.values()}

    def test_organisations_are_of_every_kind_and_fictional(self, organisations):
        kinds = Counter(row["kind"] for row in organisations.values())
        assert kinds == {
            "ministry": 3,
            "health_system": 2,
            "ngo": 1,
            "academic": 1,
            "operator": 1,
        }
        assert set(kinds) == set(OrganisationKind)
        assert all(row["fictional"] == "yes" and not row["website"] for row in organisations.values())

    def test_mandates_name_known_places(self, places, fictional, organisations):
        rows = demo("mandates")
        for row in rows:
            assert row["organisation"] in organisations and row["kind"] in list(MandateKind)
            assert row["jurisdiction"] in places | fictional.keys() and day(row["valid_from"])
        stewards = Counter(row["jurisdiction"] for row in rows if row["kind"] == "steward")
        assert stewards == dict.fromkeys(fictional, 1)
        assessed = {row["jurisdiction"] for row in rows if row["organisation"] == "open-care-watch"}
        assert assessed == US_STATES | {"XAA", "XAB", "XAC"}

    def test_every_role_in_every_organisation(self, organisations):
        roles = defaultdict(Counter)
        for row in keyed(demo("members"), "email").values():
            roles[row["organisation"]][row["role"]] += 1
            assert re.fullmatch(r"[a-z]+@[a-z.-]+\.example", row["email"])
            assert row["name"].startswith(f"{row['role'].capitalize()}, ")
        assert roles.keys() == organisations.keys()
        for key, row in organisations.items():
            expected = dict.fromkeys(ROLES, 1)
            if row["kind"] == "operator":
                expected["operator"] = 2  # who wrote a mapping last does not review it
            assert roles[key] == expected


class TestInstruments:
    def test_fields(self, instruments, fictional, organisations):
        for row in instruments.values():
            assert row["jurisdiction"] in fictional and row["organisation"] in organisations
            assert row["kind"] in list(InstrumentKind) and row["language"] in {
                "en",
                "fr",
                "es",
                "ar",
            }
            assert row["title"] and row["issuer"]
            assert bool(row["title_original"]) == (row["language"] != "en")
            assert re.fullmatch(r"https://[a-z.]+\.example/[a-z0-9-]+", row["url"])

    def test_dates_are_in_order(self, instruments):
        for row in instruments.values():
            dates = [day(row[c]) for c in ("adopted_on", "in_force_on", "in_force_until") if row[c]]
            assert dates and dates == sorted(dates)

    def test_each_is_cited(self, instruments, cited):
        assert instruments.keys() == {row["instrument_key"] for rows in cited.values() for row in rows}


class TestRevisions:
    def test_enumerations(self, revisions, fictional, organisations):
        for row in revisions.values():
            assert row["organisation"] in organisations and row["jurisdiction"] in fictional
            assert row["item"] in COMPETENCIES and row["domain"] in PRACTITIONER_DOMAINS
            assert row["commitment"] in VALUE_CODES and row["practice"] in VALUE_CODES
            if row["commitment"].isdigit() or row["practice"].isdigit():
                assert row["basis"] in list(Basis) and row["scope"] in list(Scope)
            else:
                assert row["basis"] == row["scope"] == ""
            assert row["state"] in {"published", *DraftState} and row["kind"] in list(RevisionKind)
            assert row["submitted_by_role"] == "contributor"

    def test_conditional_fields(self, revisions):
        for row in revisions.values():
            values = {row["commitment"], row["practice"]}
            search = [bool(row[f"search_{part}"]) for part in ("who", "where", "when")]
            assert all(search) == any(search) and (
                all(search) or "0" not in values or row["state"] == "draft"
            )
            assert bool(row["not_applicable_reason"]) == ("not_applicable" in values)
            assert bool(row["scope_note"]) == (row["scope"] == "targeted")
            assert bool(row["return_reason"]) == (row["state"] == "returned")
            assert bool(row["corrects_seq"]) == (row["kind"] == "correction")

    def test_recorded_in_order_between_the_limits(self, revisions):
        assert (
            list(revisions) == [str(n) for n in range(1, len(revisions) + 1)] and 110 <= len(revisions) <= 130
        )
        times = [moment(row["recorded_on"]) for row in revisions.values()]
        assert times == sorted(set(times))
        assert times[0] >= datetime(2025, 1, 10, tzinfo=UTC) and times[-1] < datetime(2026, 7, 1, tzinfo=UTC)

    def test_nothing_is_dated_after_it_was_recorded(self, revisions, cited, instruments):
        for seq, row in revisions.items():
            recorded = moment(row["recorded_on"]).date()
            dates = [row["valid_from"], row["search_when"]]
            dates += [instruments[c["instrument_key"]]["adopted_on"] for c in cited[seq]]
            assert all(day(text) <= recorded for text in dates if text), seq
            assert not row["valid_to"] or day(row["valid_from"]) <= day(row["valid_to"])

    def test_every_speaker_has_a_mandate_there_or_above(self, revisions, fictional):
        mandates = {(row["organisation"], row["jurisdiction"]) for row in demo("mandates")}
        for row in revisions.values():
            chain = {row["jurisdiction"], fictional[row["jurisdiction"]]["parent"]}
            assert any((row["organisation"], code) in mandates for code in chain)

    def test_changes_of_an_entry_move_forward(self, published):
        last: dict[tuple[str, ...], str] = {}
        for row in published:
            if row["kind"] == "change":
                previous = last.get(entry_of(row))
                assert previous is None or row["valid_from"] > previous, row["seq"]
                last[entry_of(row)] = row["valid_from"]

    def test_corrections_replace_an_earlier_row_of_the_same_entry(self, revisions):
        found = [row for row in revisions.values() if row["kind"] == "correction"]
        assert found
        for row in found:
            old = revisions[row["corrects_seq"]]
            assert (
                int(old["seq"]) < int(row["seq"])
                and old["state"] == "published"
                and entry_of(old) == entry_of(row)
            )

    def test_one_open_draft_at_most_per_entry(self, revisions):
        entries = [entry_of(row) for row in revisions.values() if row["state"] != "published"]
        assert len(entries) == len(set(entries))

    def test_each_ministry_has_one_in_every_state(self, revisions, organisations):
        states = {(row["organisation"], row["state"]) for row in revisions.values()}
        for key, row in organisations.items():
            if row["kind"] == "ministry":
                assert {state for org, state in states if org == key} == {
                    "published",
                    *DraftState,
                } - {DraftState.NOTIFIED}

    def test_a_notice_waits_for_a_steward(self, revisions):
        """Only an assessment of a jurisdiction with a steward is notified; the demo has one such notice."""
        stewards = {m["jurisdiction"] for m in demo("mandates") if m["kind"] == "steward"}
        kinds = {m["organisation"]: m["kind"] for m in demo("mandates")}
        (row,) = [row for row in revisions.values() if row["state"] == "notified"]
        assert row["jurisdiction"] in stewards
        assert kinds[row["organisation"]] == "assessor"


class TestCoverage:
    def test_the_first_country_is_whole_and_the_others_less(self, published):
        cells = {
            org: len({entry_of(row) for row in published if row["organisation"] == org})
            for org in ("health-xaa", "health-xab", "health-xac")
        }
        assert cells["health-xaa"] == 28 and 12 <= cells["health-xab"] <= 16 and 3 <= cells["health-xac"] <= 7

    @pytest.mark.parametrize("axis", AXES)
    def test_every_level_is_documented_somewhere_in_it(self, axis, published, cited, instruments):
        own = [row for row in published if row["organisation"] == "health-xaa"]
        held = {row[axis] for row in own if has_least_evidence(row, axis, cited[row["seq"]], instruments)}
        assert held == {"0", "1", "2", "3", "4"}

    @pytest.mark.parametrize("axis", AXES)
    def test_some_levels_are_only_claimed(self, axis, published, cited, instruments):
        levels = [row for row in published if row[axis].isdigit()]
        assert [r for r in levels if not has_least_evidence(r, axis, cited[r["seq"]], instruments)]

    def test_all_five_missing_codes(self, published):
        values = {row[axis] for row in published if row["organisation"] == "health-xaa" for axis in AXES}
        assert set(MISSING_CODES) <= values

    def test_both_bases_and_scopes(self, published):
        assert {row["basis"] for row in published if row["basis"]} == set(Basis)
        assert {row["scope"] for row in published if row["scope"]} == set(Scope)

    @pytest.mark.parametrize("direction", [1, -1])
    def test_a_level_rose_and_one_fell(self, direction, published):
        by_entry = defaultdict(list)
        for row in published:
            if row["practice"].isdigit():
                by_entry[entry_of(row)].append(int(row["practice"]))
        assert any(
            (later - earlier) * direction > 0 for s in by_entry.values() for earlier, later in pairwise(s)
        )

    def test_a_cell_is_contested(self, published):
        assert {
            ("XAB", "HTCC-C2", "individual"),
            ("XAA", "HTCC-C4", "organization"),
        } <= contested(published)


class TestEvidence:
    def test_citations_are_of_the_speakers_own_instruments(self, cited, revisions, instruments):
        assert cited.keys() <= revisions.keys()
        for seq, rows in cited.items():
            for row in rows:
                instrument, revision = (
                    instruments[row["instrument_key"]],
                    revisions[seq],
                )
                assert row["axis"] in list(CitationAxis)
                assert instrument["organisation"] == revision["organisation"]
                assert instrument["jurisdiction"] == revision["jurisdiction"]

    def test_quotes_are_short_and_translated(self, cited, instruments):
        for row in (row for rows in cited.values() for row in rows):
            assert len(row["quote"]) <= 300 and len(row["translation"]) <= 300
            assert bool(row["quote"]) == bool(row["quote_language"])
            assert bool(row["translation"]) == (row["quote_language"] not in {"", "en"})
            assert not row["quote"] or row["quote_language"] == instruments[row["instrument_key"]]["language"]

    def test_by_name_means_that_a_cited_passage_names_them(self, revisions, cited):
        for seq, row in revisions.items():
            if row["basis"] == "by_name":
                assert any(NAMES_COMPETENCIES.search(c["quote"]) for c in cited[seq]), seq

    def test_replies_are_the_stewards_and_later(self, revisions, organisations):
        stewards = {r["jurisdiction"]: r["organisation"] for r in demo("mandates") if r["kind"] == "steward"}
        rows = demo("replies")
        assert rows
        for row in rows:
            revision = revisions[row["revision_seq"]]
            assert (
                revision["state"] == "published" and organisations[revision["organisation"]]["kind"] == "ngo"
            )
            assert stewards[revision["jurisdiction"]] == row["organisation"] and row["text"]
            assert moment(row["lodged_on"]) > moment(revision["recorded_on"])

    def test_reviews_are_of_another_organisation_and_later(self, revisions, organisations):
        rows = demo("reviews")
        assert {row["verdict"] for row in rows} == {"agree", "disagree"}
        for row in rows:
            revision = revisions[row["revision_seq"]]
            assert row["organisation"] in organisations and row["organisation"] != revision["organisation"]
            assert revision["state"] == "published" and row["reason"]
            assert moment(row["recorded_on"]) > moment(revision["recorded_on"])


@pytest.mark.parametrize("path", sorted(SEED.glob("demo/*.csv")), ids=lambda path: path.stem)
def test_words_of_the_demo(path: Path):
    free_text = {
        "name",
        "note",
        "text",
        "reason",
        "title",
        "title_original",
        "quote",
        "translation",
        "owner",
        "budget",
    }
    free_text |= {
        "scope_note",
        "search_who",
        "search_where",
        "not_applicable_reason",
        "return_reason",
        "locator",
    }
    for row in read(f"demo/{path.name}"):
        assert not UNWANTED.search(" ".join(row.values()))
        for column in free_text & row.keys():
            assert not PERSONAL.search(row[column]), (path.name, row[column])
            assert row[column] == row[column].strip() and len(row[column]) <= 300


def has_least_evidence(row: dict, axis: str, citations: list[dict], instruments: dict[str, dict]) -> bool:
    """Whether the product's rule finds the level that `row` gives on `axis` documented."""
    cited = []
    for citation in citations:
        source = instruments[citation["instrument_key"]]
        dated = optional_day(source["adopted_on"] or source["in_force_on"])
        kind = InstrumentKind(source["kind"])
        cited.append(Cited(CitationAxis(citation["axis"]), kind, dated, citation["locator"]))
    support = Support(
        row["search_who"],
        row["search_where"],
        optional_day(row["search_when"]),
        row["owner"],
        row["budget"],
        optional_day(row["valid_from"]),
    )
    return row[axis].isdigit() and not lacking(Axis(axis), row[axis], support, cited)


def contested(published: list[dict]) -> set[tuple[str, str, str]]:
    """Cells in which two organisations' rows are two levels apart on one axis and valid on a common day."""
    corrected = {row["corrects_seq"] for row in published}
    by_entry = defaultdict(list)
    for row in published:
        if row["seq"] not in corrected and row["valid_from"]:
            by_entry[entry_of(row)].append(row)
    spans = []
    for entry, rows in by_entry.items():
        rows.sort(key=lambda row: row["valid_from"])
        ends = [row["valid_from"] for row in rows[1:]] + ["9999"]
        spans += [(entry, row, row["valid_from"], end) for row, end in zip(rows, ends, strict=True)]
    return {
        one[1:]
        for (one, a, a_from, a_end), (two, b, b_from, b_end) in combinations(spans, 2)
        if one[1:] == two[1:] and one[0] != two[0] and a_from < b_end and b_from < a_end
        for axis in AXES
        if a[axis].isdigit() and b[axis].isdigit() and abs(int(a[axis]) - int(b[axis])) >= 2
    }
