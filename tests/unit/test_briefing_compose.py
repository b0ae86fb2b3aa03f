"""A briefing says what the comparison holds: numbers, sources, wording, and the same each time."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from jinja2 import Environment
from msgspec import structs

from tracker.briefings import document as d
from tracker.briefings.compose import compose
from tracker.briefings.messages import KEYS
from tracker.briefings.options import DEFAULT, Message, Options
from tracker.compare.comparison import ComparedCell, Comparison, coverage
from tracker.compare.query import Query
from tracker.entries.queries import Moment
from tracker.entries.standing import Evidence, Reply, Review, Standing
from tracker.frameworks.queries import Framework, Item
from tracker.jurisdictions.queries import Place
from tracker.kit.errors import Invalid
from tracker.kit.vocabulary import (
    PRACTITIONER_DOMAINS,
    Axis,
    Basis,
    CitationAxis,
    Domain,
    InstrumentKind,
    JurisdictionKind,
    Scope,
    Source,
    Voice,
    value,
)
from tracker.web.render import environment

ROOT = Path(__file__).parents[2]
BASE = "https://tracker.example"
Cells = dict[tuple[str, str, Domain], tuple[Standing, ...]]

_TITLES = {
    "UC": ("Universal Competency", "Use a trauma-informed approach", "Trauma-informed"),
    "C1": ("Core Competency 1", "Understand the nature of trafficking", "Nature"),
    "C2": ("Core Competency 2", "Evaluate and identify the risk", "Risk"),
}


def item(number: int, key: str) -> Item:
    source_number, text, label = _TITLES[key]
    domains = PRACTITIONER_DOMAINS
    return Item(
        number, key, None, source_number, "competency", text, label, "", "title", "verified", "", domains
    )


ITEMS = tuple(item(n, key) for n, key in enumerate(_TITLES, 1))
FRAMEWORK = Framework(
    id=1,
    key="hhs-core-competencies",
    version="2021",
    title="Core Competencies",
    publisher="HHS",
    year=2021,
    kind="competency framework",
    applies_by_domain=True,
    licence="",
    verbatim_allowed="titles only",
    landing_url="https://framework.example",
    note="",
    left_to_import="sub-competencies",
    items=ITEMS,
)


def place(number: int, code: str, name: str, *, fictional: bool = False) -> Place:
    return Place(number, code, JurisdictionKind.COUNTRY, name, None, "/", "", "", False, "", fictional)


FLORIDA, TEXAS = place(1, "US-FL", "Florida"), place(2, "US-TX", "Texas")
QUILLMERE = place(3, "XAA", "Quillmere", fictional=True)


def evidence(number: int, **fields: object) -> Evidence:
    """A citation of instrument `number`."""
    plain = Evidence(
        position=0,
        axis=CitationAxis.COMMITMENT,
        locator="s. 1",
        quote="",
        quote_language="",
        translation="",
        instrument_id=UUID(int=number),
        instrument_key=None,
        kind=InstrumentKind.STATUTE,
        title=f"Act {number}",
        title_original="",
        language="en",
        issuer="Legislature",
        citation=f"Ch. {number}",
        adopted_on=date(2020, 1, 1),
        in_force_on=None,
        url=f"https://law.example/{number}",
        provenance="verified",
        instrument_note="",
    )
    return structs.replace(plain, **fields)  # type: ignore[arg-type]


def standing(number: int, commitment: str, practice: str = "not_assessed", **fields: object) -> Standing:
    plain = Standing(
        id=number,
        uid=UUID(int=1000 + number),
        jurisdiction_id=0,
        item_id=0,
        domain=Domain.INDIVIDUAL,
        organisation_key="watch",
        organisation_name="Watch",
        voice=Voice.INDEPENDENT,
        commitment=value(Axis.COMMITMENT, commitment),
        practice=value(Axis.PRACTICE, practice),
        commitment_claimed=False,
        practice_claimed=False,
        basis=Basis.EQUIVALENT,
        scope=Scope.TARGETED,
        scope_note="",
        valid_from=date(2021, 1, 1),
        valid_to=None,
        owner="",
        budget="",
        search_who="",
        search_where="",
        search_when=None,
        not_applicable_reason="",
        note="",
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return structs.replace(plain, **fields)  # type: ignore[arg-type]


def comparison(
    places: tuple[Place, ...], voices: Cells, contested: frozenset[str] = frozenset(), **query: object
) -> Comparison:
    """All columns of the framework for the places, with the voices given by code, item key and domain."""
    columns = tuple((i, domain) for i in ITEMS for domain in i.domains)
    cells = {
        (p.id, i.id, domain): ComparedCell(
            p,
            i,
            domain,
            voices.get((p.code, i.key, domain), ()),
            f"{p.code}:{i.key}" in contested,
            date(2026, 7, 1),
        )
        for p in places
        for i, domain in columns
    }
    asked = Query(jurisdictions=tuple(p.code for p in places), **query)  # type: ignore[arg-type]
    at = Moment(date(2026, 7, 1), datetime(2026, 7, 1, 9, tzinfo=UTC), date(2026, 7, 1))
    return Comparison(asked, at, FRAMEWORK, places, columns, cells)


def states(**query: object) -> Comparison:
    """Florida has one claimed level, Texas two documented ones on one instrument; practice is unknown."""
    act = evidence(2, quote="A course is required.", quote_language="en")
    ind = Domain.INDIVIDUAL
    return comparison(
        (FLORIDA, TEXAS),
        {
            ("US-FL", "C1", ind): (
                standing(1, "2", commitment_claimed=True, evidence=(evidence(1, locator=""),)),
            ),
            ("US-TX", "C1", ind): (standing(2, "2", evidence=(act,)),),
            ("US-TX", "C2", ind): (
                standing(3, "3", evidence=(structs.replace(act, locator="s. 4", quote="Risk is taught."),)),
            ),
        },
        **query,
    )


def told(comparison: Comparison, options: Options = DEFAULT) -> d.Document:
    return compose(comparison, base_url=BASE, locale="en", service_name="Tracker", options=options)


def plain(runs: d.Runs) -> str:
    return "".join(run.text for run in runs)


def runs_of(block: d.Block) -> list[d.Runs]:
    match block:
        case d.Text(runs) | d.Notice(runs):
            return [runs]
        case d.Bullets(items):
            return list(items)
        case d.Facts(rows):
            return [runs for _label, runs in rows]
        case d.Table(rows=rows):
            return [runs for row in rows for runs in row]
    return []


def strings(document: d.Document) -> list[str]:
    """Every text that a reader sees in the running parts, one string a paragraph, bullet or table cell."""
    found = [document.question, document.subtitle, document.footer, *map(plain, runs_of(document.facts))]
    for part in document.parts:
        found.append(part.heading)
        for block in part.blocks:
            found += map(plain, runs_of(block))
            if isinstance(block, d.Evidence):
                found += [block.title, *block.lines, block.quote, block.translation]
    return found


def part(document: d.Document, anchor: str) -> d.Part:
    return next(p for p in document.parts if p.anchor == anchor)


def blocks(document: d.Document, kind: type) -> list[object]:
    return [block for p in document.parts for block in p.blocks if isinstance(block, kind)]


def messages(document: d.Document) -> dict[str, str]:
    """The key messages by their title, without what refers to cells."""
    (bullets,) = [b for b in part(document, "messages").blocks if isinstance(b, d.Bullets)]
    return {runs[0].text: runs[1].text for runs in bullets.items}


def test_same_comparison_same_document() -> None:
    assert told(states()) == told(states())


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (1, "has Place 1 adopted"),
        (2, "have Place 1 and Place 2 adopted"),
        (3, "have Place 1, Place 2, and Place 3 adopted"),
        (9, "have 9 jurisdictions adopted"),
    ],
)
def test_the_title_is_the_question(count: int, names: str) -> None:
    places = tuple(place(n, f"P{n:02}", f"Place {n}") for n in range(1, count + 1))
    expected = f"How far {names} the core competencies, on paper and in practice?"
    assert told(comparison(places, {})).question == expected


def test_the_question_names_the_axis_asked_for() -> None:
    assert told(states(axis="practice")).question.endswith("the core competencies, in practice?")


def test_without_a_jurisdiction_there_is_no_briefing() -> None:
    with pytest.raises(Invalid):
        told(comparison((), {}))


def test_the_numbers_of_coverage_are_those_of_the_cells() -> None:
    compared = states()
    said = messages(told(compared))["Coverage."]
    counts = {p.name: [coverage(compared, p, a) for a in Axis] for p in compared.places}
    for name, (paper, practice) in counts.items():
        assert f"{name} {paper.assessed} of {paper.total} on paper, " in said
        assert f"{practice.assessed} of {practice.total} in practice" in said
    assert re.findall(r"\d+", said) == ["1", "12", "0", "12", "2", "12", "0", "12"]


def test_what_is_not_applicable_is_left_out_of_the_total_and_told() -> None:
    voices = {("US-TX", "UC", Domain.EDUCATOR): (standing(1, "not_applicable", "not_applicable"),)}
    said = messages(told(comparison((TEXAS,), voices)))["Coverage."]
    assert "Texas 0 of 11 on paper (1 not applicable), 0 of 11 in practice (1 not applicable)" in said


def test_the_other_messages_are_counted_from_the_cells() -> None:
    said = messages(told(states(), Options(messages=tuple(Message(key) for key in KEYS))))
    assert "Florida and Texas each have an equivalent measure, on paper, for" in said["In common."]
    assert "That is 1 of 12 columns; in 1 of them the level is the same." in said["In common."]
    assert "Only Texas has a level, on paper, for Core Competency 2 (Risk)" in said["Differences."]
    assert "45 of 48 readings have no level (Not assessed 45)" in said["Unknown."]
    assert "1 of 3 levels is claimed" in said["Firmness."]
    assert "No cell is contested." in said["Firmness."]


def test_the_widest_range_is_the_one_told() -> None:
    ind = Domain.INDIVIDUAL
    voices: Cells = {
        ("US-FL", "UC", ind): (standing(1, "2", evidence=(evidence(1),)),),
        ("US-TX", "UC", ind): (standing(2, "3", evidence=(evidence(2),)),),
        ("US-FL", "C2", ind): (standing(3, "1", "1", owner="Board", evidence=(evidence(1),)),),
        ("US-TX", "C2", ind): (standing(4, "4", "1", owner="Board", evidence=(evidence(2),)),),
    }
    said = messages(told(comparison((FLORIDA, TEXAS), voices)))["Furthest apart."]
    assert "Core Competency 2 (Risk) for individual practitioners, on paper" in said
    assert "Adopted in full and resourced (4): Texas; Proposed (1): Florida" in said


def test_each_message_leads_to_cells() -> None:
    document = told(states())
    (bullets,) = [b for b in part(document, "messages").blocks if isinstance(b, d.Bullets)]
    assert 3 <= len(bullets.items) <= 5
    assert all(any(run.href for run in runs) for runs in bullets.items)
    first = next(run.href for run in bullets.items[0] if run.href)
    moment = "?on=2026-07-01&as_of=2026-07-01T09:00:00Z"
    assert first == f"{BASE}/en/jurisdictions/US-FL/hhs-core-competencies@2021/C1/individual{moment}"


def test_an_instrument_stands_once_in_the_annex_with_all_its_cells() -> None:
    entries = blocks(told(states()), d.Evidence)
    assert [e.title for e in entries] == ["Act 1", "Act 2"]  # type: ignore[attr-defined]
    texas = entries[1]
    assert isinstance(texas, d.Evidence)
    assert (texas.number, texas.anchor, texas.href) == (2, "e2", "https://law.example/2")
    cited = [line for line in texas.lines if line.startswith("Texas")]
    assert [line.rsplit(" · ", 1)[1] for line in cited] == ["s. 1", "s. 4"]
    assert texas.quote == "[s. 1] A course is required.\n[s. 4] Risk is taught."


def test_a_search_that_found_nothing_and_a_named_owner_are_sources_too() -> None:
    searched = {"search_who": "Desk", "search_where": "gazette", "search_when": date(2026, 1, 5)}
    voices: Cells = {
        ("US-TX", "UC", Domain.INDIVIDUAL): (standing(1, "0", "0", **searched),),
        ("US-TX", "C1", Domain.INDIVIDUAL): (standing(2, "not_assessed", "1", owner="Board"),),
    }
    document = told(comparison((TEXAS,), voices))
    titles = [e.title for e in blocks(document, d.Evidence)]  # type: ignore[attr-defined]
    assert titles == ["Search note: Desk", "Owner named: Board"]
    gaps = [plain(runs) for b in part(document, "gaps-confirmed").blocks for runs in runs_of(b)]
    assert len(gaps) == 2
    assert "On paper: None found [1]" in gaps[0]
    assert "In practice: None found [1]" in gaps[0]
    assert "In practice: Preparing [2]" in gaps[1]


@pytest.mark.parametrize(
    ("others", "said"), [(1, "elsewhere: Place 1 [2]"), (7, "elsewhere: 7 jurisdictions")]
)
def test_a_gap_tells_who_has_it(others: int, said: str) -> None:
    places = tuple(place(n, f"P{n}", f"Place {n}") for n in range(1, others + 1))
    column = ("UC", Domain.INDIVIDUAL)
    voices: Cells = {(p.code, *column): (standing(p.id, "2", evidence=(evidence(p.id),)),) for p in places}
    voices["US-TX", *column] = (standing(99, "1", evidence=(evidence(99),)),)
    document = told(comparison((replace(TEXAS, id=50), *places), voices))
    (gap,) = [plain(runs) for b in part(document, "gaps-confirmed").blocks for runs in runs_of(b)]
    assert f"On paper: Proposed [1] · V1 Documented; at least in part {said}." in gap


def test_what_is_unknown_is_no_gap() -> None:
    voices = {("US-TX", "UC", Domain.INDIVIDUAL): (standing(1, "inconclusive", note="Two readings."),)}
    document = told(comparison((TEXAS,), voices))
    assert "No gap is confirmed." in strings(document)
    unknown = " ".join(plain(r) for b in part(document, "unknown").blocks for r in runs_of(b))
    assert "12 of 12 cells without a level (Not assessed 11, Inconclusive 1)" in unknown
    assert "Two readings." in unknown


def test_no_level_without_a_number_or_the_word_claimed() -> None:
    levels = re.compile(r"None found|Proposed|Adopted|Preparing|In use in part|In general use|Routine")
    document = told(states())
    rows = [row for t in blocks(document, d.Table) if t.columns[0] == "Item" for row in t.rows]  # type: ignore[attr-defined]
    assert rows
    for row in rows:
        for cell in map(plain, row):
            if levels.match(cell):
                assert re.search(r"\[\d+\]|Claimed", cell), cell


def test_all_places_in_the_document_exist_and_all_links_are_safe() -> None:
    sly = structs.replace(evidence(9), url="javascript:alert(1)")
    voices = {("XAA", "C1", Domain.INDIVIDUAL): (standing(1, "2", evidence=(sly,)),)}
    for document in (told(states()), told(comparison((QUILLMERE,), voices))):
        anchors = [p.anchor for p in document.parts]
        anchors += [e.anchor for e in blocks(document, d.Evidence)]  # type: ignore[attr-defined]
        assert len(anchors) == len(set(anchors))
        runs = [r for p in document.parts for b in p.blocks for runs in runs_of(b) for r in runs]
        hrefs = [r.href for r in runs if r.href]
        hrefs += [e.href for e in blocks(document, d.Evidence) if e.href]  # type: ignore[attr-defined]
        assert {h[1:] for h in hrefs if h.startswith("#")} <= set(anchors)
        assert all(h.startswith(("#", "https://")) for h in hrefs)


def test_a_domain_of_which_nobody_spoke_is_a_sentence_and_no_matrix() -> None:
    document = told(states())
    (matrix,) = blocks(document, d.Matrix)
    assert isinstance(matrix, d.Matrix)
    assert [row.header for row in matrix.rows] == ["Florida", "Texas"]
    cell = matrix.rows[0].cells[1]
    assert [(m.label, m.code, m.word) for m in cell.marks] == [
        ("paper", "2", "Adopted in part"),
        ("practice", "not_assessed", "Not assessed"),
    ]
    assert cell.remarks == "claimed · 2021 · V0 · targeted · equivalent"
    silent = part(document, "matrix-silent")
    assert silent.heading == "Organization, Researcher, and Educator"
    assert "All 9 columns read “not assessed”" in plain(runs_of(silent.blocks[0])[0])


def test_equivalents_are_never_told_as_adoption_by_name() -> None:
    sentences = [s for s in strings(told(states())) if "Adopted in" in s and s.startswith("Core Competency")]
    assert sentences
    for sentence in sentences:
        assert ", by an equivalent measure" in sentence
        assert "by name" not in sentence


def test_wording() -> None:
    everything = strings(told(states()))
    mentions = [s for s in everything if "victim" in s.lower()]
    assert len(mentions) == 1
    assert "Source: HHS Office on Trafficking in Persons, 24 February 2021." in mentions[0]
    assert not any(re.search(r"Competency [07]\b", s) for s in everything)
    assert any("Not affiliated with HHS, UNU, WHO, IOM or HEAL." in s for s in everything)


def test_context_of_another_country_is_left_out() -> None:
    elsewhere = told(comparison((place(7, "DEU", "Germany"),), {}))
    assert not any("victim" in s for s in strings(elsewhere))
    assert any("Disclosure is not the goal" in s for s in strings(elsewhere))


def test_fictional_stands_wherever_it_must() -> None:
    document = told(comparison((QUILLMERE, TEXAS), {}))
    assert "Fictional: Quillmere." in document.subtitle
    assert document.footer.startswith("Fictional")
    assert part(document, "j-XAA").heading == "Quillmere (fictional)"
    assert part(document, "j-US-TX").heading == "Texas"
    assert "ictional" not in told(states()).subtitle


def test_a_filter_warns_that_not_assessed_may_mean_not_read() -> None:
    for query in ({"basis": Basis.BY_NAME}, {"source": Source.SELF}):
        first = part(told(comparison((TEXAS,), {}, **query)), "messages").blocks[0]
        assert isinstance(first, d.Notice)
        assert "Where a cell reads “not assessed”" in plain(first.runs)


def test_replies_stand_whole_and_disagreements_are_told() -> None:
    long = "A reply that is kept whole. " * 40
    at = datetime(2026, 2, 3, tzinfo=UTC)
    voice = standing(
        1,
        "2",
        evidence=(evidence(1),),
        replies=(Reply("Ministry", long, at),),
        reviews=(Review("institute", "Institute", False, "The visit was too short.", "", True, at),),
    )
    voices = {("US-TX", "C1", Domain.INDIVIDUAL): (voice,)}
    document = told(comparison((TEXAS,), voices, contested=frozenset({"US-TX:C1"})))
    everything = strings(document)
    assert any(long in s and s.startswith("Ministry, 3 February 2026") for s in everything)
    assert any("Institute disagrees with Watch" in s and "too short" in s for s in everything)
    assert "cells are contested" in messages(document)["Firmness."]


def test_every_voice_is_drawn_when_asked_for() -> None:
    one = standing(1, "2", organisation_key="a", organisation_name="Ministry", evidence=(evidence(1),))
    two = standing(2, "0", organisation_name="Watch", search_who="W", search_where="X", search_when=date.min)
    voices = {("US-TX", "C1", Domain.INDIVIDUAL): (one, two)}
    document = told(comparison((TEXAS,), voices, source=Source.ALL, axis="commitment"))
    (matrix,) = blocks(document, d.Matrix)
    assert isinstance(matrix, d.Matrix)
    cell = matrix.rows[0].cells[1]
    assert [(m.label, m.code) for m in cell.marks] == [("paper 1", "2"), ("paper 2", "0")]
    assert "1 Ministry" in cell.remarks
    assert "2 Watch" in cell.remarks


def test_the_cells_of_a_register_are_brief_and_told_apart_where_voices_differ() -> None:
    places = tuple(place(50 + n, f"US-{n:02}", f"State {n}") for n in range(13))
    one = standing(1, "2", organisation_key="a", organisation_name="Ministry", evidence=(evidence(1),))
    two = standing(2, "3", organisation_name="Watch", evidence=(evidence(2),))
    cell = ("US-00", "C1", Domain.INDIVIDUAL)
    drawn = blocks(told(comparison(places, {cell: (one,)})), d.Matrix)
    (tight,) = [m for m in drawn if isinstance(m, d.Matrix)]
    assert tight.tight
    assert tight.rows[0].cells[1].remarks == "V1"
    assert "(the first sign)" in tight.caption and "(the second)" in tight.caption
    assert tight.rows[0].cells[1].href.startswith(f"{BASE}/en/jurisdictions/US-00/")
    (several,) = blocks(told(comparison(places, {cell: (one, two)}, source=Source.ALL)), d.Matrix)
    (in_full,) = blocks(told(comparison(places[:12], {cell: (one,)})), d.Matrix)
    assert [m.tight for m in (several, in_full) if isinstance(m, d.Matrix)] == [False, False]


def test_a_long_address_is_a_link_and_no_wall_of_codes() -> None:
    places = tuple(place(50 + n, f"US-{n:03}", f"State {n}") for n in range(200))
    runs = [r for b in part(told(comparison(places, {})), "cite").blocks for rs in runs_of(b) for r in rs]
    (link,) = [r for r in runs if r.href]
    assert link.href.count("US-") == 200
    assert link.text and "US-" not in link.text


def test_the_citation_pins_both_dates() -> None:
    runs = [r for b in part(told(states()), "cite").blocks for runs in runs_of(b) for r in runs]
    (url,) = [r.href for r in runs if r.href]
    assert "on=2026-07-01" in url
    assert "as_of=2026-07-01T09:00:00" in url


def test_nothing_shown_is_said_and_leaves_no_empty_part() -> None:
    whole = states(show="gaps")
    document = told(replace(whole, columns=()))
    assert "No cell answers to what is shown here." in strings(document)
    assert all(p.blocks for p in document.parts)
    assert {p.anchor for p in document.parts}.isdisjoint({"differences", "gaps", "jurisdictions"})


@pytest.fixture(scope="module")
def env() -> Environment:
    return environment()


def page(env: Environment, document: d.Document) -> str:
    return env.get_template("briefings/briefing.html").render(
        document=document,
        files=[("PDF", "/briefing.pdf")],
        comparison_url="/compare",
        url=lambda name: f"/{name}",
        static=lambda name: f"/static/{name}",
        service_name="Tracker",
        locale="en",
        direction="ltr",
        request_path="/",
        actor=None,
        flashes=[],
    )


def test_the_page_has_every_part_and_every_place_that_it_links_to(env: Environment) -> None:
    document = told(states())
    html = page(env, document)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert {p.anchor for p in document.parts} <= set(ids)
    assert set(re.findall(r'href="#([^"]+)"', html)) <= {*ids, *_symbols(html)}
    assert 'href="/briefing.pdf"' in html


def _symbols(html: str) -> list[str]:
    return re.findall(r'<symbol id="([^"]+)"', html)


def test_the_page_escapes_what_was_typed_and_links_nothing_else(env: Environment) -> None:
    document = told(states())
    runs = (d.Run("<img src=x>"), d.Run("click", href="javascript:alert(1)"))
    sly = d.Part(
        "sly",
        "<script>",
        1,
        (
            d.Text(runs),
            d.Evidence(99, "e99", "Title", "javascript:alert(1)", ("<b>",), "“<i>”", "", "one\ntwo"),
            d.Matrix(
                "m",
                "c",
                ("x",),
                (d.MatrixRow("h", "data:x", "", (d.MatrixCell((d.Mark("", "3", "w"),), "", "data:x"),)),),
            ),
        ),
    )
    html = page(env, replace(document, parts=(sly,)))
    assert "javascript:" not in html
    assert "data:x" not in html
    assert not re.search(r"<(img|script|b|i)>", html.split("<main", 1)[1])
