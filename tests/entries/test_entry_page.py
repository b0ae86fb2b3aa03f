"""The form of one cell: what it takes, what it refuses, and that nothing typed is lost."""

import pytest

from tests.entries.cells import FRESH, PUBLISHED, cell_path, draft_ids, drafts, entry_path, own_instruments
from tests.factories import entry_form, published_instrument
from tests.pages import html
from tests.personas import NGO, OWNER, Visitor
from tracker.db.session import Database
from tracker.kit.vocabulary import DraftState

HERE = entry_path("health-xaa")
THERE = entry_path("health-xaa", PUBLISHED)
GRID = "/en/o/health-xaa/jurisdictions/XAA"


async def test_a_new_entry_is_saved_and_shown_again(owner: Visitor, database: Database) -> None:
    before = await draft_ids(database, OWNER)
    empty = await owner.get(HERE)
    assert empty.status_code == 200
    sent = html.form(empty.text, "Save draft").filled(**entry_form())

    answer = await owner.submit(HERE, sent)

    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    (draft,) = await drafts(database, OWNER, before)
    assert (draft.state, draft.version, draft.commitment) == (DraftState.DRAFT, 1, "2")
    again = (await owner.get(HERE)).text
    assert "Draft saved." in html.words(again)
    shown = html.form(again, "Save draft").fields
    for name in ("commitment", "basis", "scope", "scope_note", "valid_from", "note"):
        assert shown[name] == sent[name]
    assert shown["citations-0-locator"] == "Article 3"
    (instrument,) = [
        i for i in await own_instruments(database, OWNER) if i.title.startswith("Decree on train")
    ]
    assert shown["citations-0-instrument"] == str(instrument.id)
    assert "Draft saved." not in html.words((await owner.get(HERE)).text), "a message is shown once"


async def test_what_the_page_sends_unchanged_changes_nothing(owner: Visitor, database: Database) -> None:
    before = await draft_ids(database, OWNER)
    text = "Line one\nline two – “quoted”, café, نص"
    await owner.submit(HERE, entry_form(note=text, practice="0", search_who="Desk", search_where="Gazette"))
    await owner.submit(
        HERE,
        entry_form(
            note=text, practice="0", search_who="Desk", search_where="Gazette", search_when="2025-01-31"
        ),
    )
    (first,) = await drafts(database, OWNER, before)
    page = (await owner.get(HERE)).text

    answer = await owner.submit(HERE, html.form(page, "Save draft").filled(do="save"))

    assert answer.status_code == 303
    (draft,) = await drafts(database, OWNER, before)
    assert (draft.note, draft.version) == (text, 2)
    assert draft.search_when == first.search_when
    assert html.form((await owner.get(HERE)).text, "Save draft").fields["citations-0-quote"] == (
        "Staff are trained each year."
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"commitment": "0"}, "search_who"),
        ({"commitment": "0", "search_who": "Desk", "search_where": "Gazette"}, "search_when"),
        ({"practice": "not_applicable"}, "not_applicable_reason"),
        ({"valid_from": "2025-05-05", "valid_to": "2025-05-04"}, "valid_to"),
        ({"valid_from": "5 May"}, "valid_from"),
        ({"valid_from": "0001-01-01"}, "valid_from"),
        ({"search_when": "2025-02-30"}, "search_when"),
        ({"citations-0-new_url": "javascript:alert(1)"}, "citations-0-new_url"),
        ({"citations-0-new_url": "https://"}, "citations-0-new_url"),
        ({"citations-0-quote": "q" * 100_000}, "citations-0-quote"),
        ({"citations-0-locator": "x" * 201}, "citations-0-locator"),
        ({"note": "n" * 1501}, "note"),
        ({"citations-0-new_title": ""}, "citations-0-new_title"),
        (
            {"citations-0-new_in_force_on": "2025-01-02", "citations-0-new_in_force_until": "2025-01-01"},
            "citations-0-new_in_force_until",
        ),
        ({"commitment": "9"}, "commitment-0"),
        ({"commitment": ""}, "commitment-0"),
        ({"basis": "hearsay"}, "basis-0"),
        ({"citations-0-axis": "neither"}, "citations-0-axis-0"),
        ({"citations-0-instrument": "not-an-id"}, "citations-0-instrument"),
        ({"citations-0-new_kind": "rumour"}, "citations-0-new_kind"),
    ],
)
async def test_a_fault_is_told_beside_its_field_and_nothing_is_saved(
    owner: Visitor, database: Database, changes: dict[str, str], field: str
) -> None:
    before = await draft_ids(database, OWNER)
    answer = await owner.submit(HERE, entry_form(**changes))

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert f"#{field}" in html.links(answer.text)
    assert field in html.ids(answer.text)
    shown = html.form(answer.text, "Save draft").fields
    for name, typed in (entry_form(**changes)).items():
        kept_as_option = name in ("commitment", "basis", "citations-0-axis", "citations-0-new_kind")
        if name != "do" and not kept_as_option and name != "citations-0-instrument":
            assert shown[name] == typed, f"{name} lost what was typed"
    assert await drafts(database, OWNER, before) == []


async def test_a_level_is_submitted_only_with_its_basis_and_scope(owner: Visitor, database: Database) -> None:
    before = await draft_ids(database, OWNER)
    bare = entry_form(basis="", scope="", do="submit")
    answer = await owner.submit(HERE, bare)
    assert answer.status_code == 422
    assert {"#basis-0", "#scope-0"} <= set(html.links(answer.text))
    assert (await owner.submit(HERE, bare | {"do": "save"})).status_code == 303, "a draft may be unfinished"
    assert [d.state for d in await drafts(database, OWNER, before)] == [DraftState.DRAFT]


async def test_a_submitted_entry_is_read_only_until_taken_back(owner: Visitor, database: Database) -> None:
    before = await draft_ids(database, OWNER)
    answer = await owner.submit(HERE, entry_form(do="submit"))
    assert (answer.status_code, answer.headers["location"]) == (303, GRID)
    page = (await owner.get(HERE)).text
    assert "It waits for a reviewer." in html.words(page)
    assert not [f for f in html.forms(page) if "note" in f.fields]

    refused = await owner.submit(HERE, entry_form(version="2", note="Slipped in."))
    assert refused.status_code == 409
    assert "Slipped in." in refused.text, "what was typed stays"
    (draft,) = await drafts(database, OWNER, before)
    assert (draft.state, draft.note) == (DraftState.SUBMITTED, "Written for a test.")

    form = html.form(page, "Take it back to change it")
    assert (await owner.submit(form.action, form.fields)).status_code == 303
    (draft,) = await drafts(database, OWNER, before)
    assert (draft.state, draft.submitted_by) == (DraftState.DRAFT, None)
    assert html.form((await owner.get(HERE)).text, "Submit for review")
    assert (await owner.submit(form.action, form.fields)).status_code == 409, "taken back once"


async def test_a_draft_can_be_discarded_and_what_is_published_stays(
    owner: Visitor, database: Database
) -> None:
    before = await draft_ids(database, OWNER)
    await owner.submit(THERE, entry_form())
    page = (await owner.get(THERE)).text
    form = html.form(page, "Discard the draft")
    answer = await owner.submit(form.action, form.fields)
    assert (answer.status_code, answer.headers["location"]) == (303, GRID)
    assert await drafts(database, OWNER, before) == []
    assert (await owner.submit(form.action, form.fields)).status_code == 409
    assert "Published on 19 January 2026" in html.words((await owner.get(THERE)).text)


async def test_a_stale_form_shows_both_texts_and_keeps_what_was_typed(
    owner: Visitor, teammate: Visitor, database: Database
) -> None:
    before = await draft_ids(database, OWNER)
    await owner.submit(HERE, entry_form(note="The first text."))
    mine = html.form((await owner.get(HERE)).text, "Save draft").filled(do="save", note="My text.")
    theirs = html.form((await teammate.get(HERE)).text, "Save draft").filled(do="save", note="Their text.")
    assert (await teammate.submit(HERE, theirs)).status_code == 303

    conflict = await owner.submit(HERE, mine)

    assert conflict.status_code == 409
    told = html.words(conflict.text)
    assert "Somebody has changed this entry since you opened it" in told
    assert "Their text." in told
    assert "Reviewer, Ministry of Health of Quillmere" in told
    form = html.form(conflict.text, "Save draft")
    assert form.fields["note"] == "My text."
    (draft,) = await drafts(database, OWNER, before)
    assert (draft.note, draft.version) == ("Their text.", 2)
    assert (await owner.submit(HERE, form.filled(do="save"))).status_code == 303, "sent again, it replaces"
    (draft,) = await drafts(database, OWNER, before)
    assert (draft.note, draft.version) == ("My text.", 3)


async def test_a_conflict_tells_every_difference_in_full(
    owner: Visitor, teammate: Visitor, database: Database
) -> None:
    long = "A passage of which every word counts. " * 12
    await owner.submit(HERE, entry_form(note="The first text."))
    stale = html.form((await owner.get(HERE)).text, "Save draft")
    theirs = {
        "note": f"Theirs. {long}".strip(),
        "practice": "2",
        "scope_note": "Nurses of two regions",
        "valid_from": "2021-03-04",
        "owner": "Office of training",
        "budget": "Line 12",
        "citations-0-locator": "Article 5",
        "citations-0-quote": "They shall be trained.",
        "citations-0-trauma_informed": "Article 6",
    }
    other = html.form((await teammate.get(HERE)).text, "Save draft")
    assert (await teammate.submit(HERE, other.filled(do="save", **theirs))).status_code == 303
    mine = {"note": "Mine: ring 555-867-5309.", "citations-0-locator": "Article 99"}
    answer = await owner.submit(HERE, stale.filled(do="save", **mine))
    assert answer.status_code == 409
    section = answer.text.split('aria-labelledby="both"')[1].split("</section>")[0]
    told = html.words(section)
    stored = {**theirs, "practice": "2 – ", "valid_from": "4 March 2021"}
    assert [text for text in (*stored.values(), *mine.values()) if text not in told] == []
    assert "Citation 1: Where in it" in told
    assert "Basis" not in told, "what is alike is left out"
    signs = html.words(answer.text.split("Is any of this about a person?")[1].split("</ul>")[0])
    assert "a telephone number – Mine: ring" in signs, "the hints are of what was typed"


async def test_a_conflict_with_a_draft_that_is_gone_says_so(owner: Visitor, database: Database) -> None:
    answer = await owner.submit(HERE, entry_form(version="7", note="Still mine."))
    told = html.words(answer.text)
    assert "The draft is no longer there" in told
    assert "You typed: Still mine." in told


@pytest.mark.parametrize("version", ["7", "-1", "", "two", "9" * 30, "１"])
async def test_a_version_that_never_was_is_a_conflict(
    owner: Visitor, database: Database, version: str
) -> None:
    before = await draft_ids(database, OWNER)
    answer = await owner.submit(HERE, entry_form(version=version))
    assert answer.status_code == (409 if version else 303)
    assert len(await drafts(database, OWNER, before)) == (0 if version else 1)


@pytest.mark.parametrize("do", ["save", "submit"])
async def test_the_same_form_sent_twice_is_saved_once(owner: Visitor, database: Database, do: str) -> None:
    before = await draft_ids(database, OWNER)
    instruments = len(await own_instruments(database, OWNER))
    form = entry_form(do=do)
    assert (await owner.submit(HERE, form)).status_code == 303
    again = await owner.submit(HERE, form)
    assert again.status_code == 303, html.words(again.text)
    assert len(await drafts(database, OWNER, before)) == 1
    assert len(await own_instruments(database, OWNER)) == instruments + 1
    assert "This was saved already." in html.words((await owner.get(HERE)).text)


async def test_another_citation_keeps_what_was_typed_and_saves_nothing(
    owner: Visitor, database: Database
) -> None:
    before = await draft_ids(database, OWNER)
    answer = await owner.submit(HERE, entry_form(do="add-citation"))
    assert answer.status_code == 200
    form = html.form(answer.text, "Save draft")
    assert "citations-1-locator" in form.fields
    assert form.fields["citations-0-quote"] == "Staff are trained each year."
    assert await drafts(database, OWNER, before) == []
    cited = await published_instrument(database, "XAA")
    second = {"citations-1-instrument": str(cited), "citations-1-locator": "p. 4", "do": "save"}
    assert (await owner.submit(HERE, form.filled(**second))).status_code == 303
    shown = html.form((await owner.get(HERE)).text, "Save draft").fields
    assert (shown["citations-1-instrument"], shown["citations-1-locator"]) == (str(cited), "p. 4")


async def test_a_correction_needs_something_published(owner: Visitor, database: Database) -> None:
    before = await draft_ids(database, OWNER)
    answer = await owner.submit(HERE, entry_form(kind="correction"))
    assert answer.status_code == 422
    assert await drafts(database, OWNER, before) == []
    assert (await owner.submit(THERE, entry_form(kind="correction"))).status_code == 303
    (draft,) = await drafts(database, OWNER, before)
    assert draft.corrects_id is not None


@pytest.mark.parametrize(
    "cell",
    [
        ("XAB", *FRESH[1:]),
        ("US-TX", *FRESH[1:]),
        ("XAA.NVH", *FRESH[1:]),
        ("NOPE", *FRESH[1:]),
        ("XAA", "no-such-framework", "D87J-HEALTH", "all"),
        ("XAA", "delta87-justice@1999", "D87J-HEALTH", "all"),
        ("XAA", "delta87-justice@2021", "HTCC-UC", "all"),
        ("XAA", "delta87-justice@2021", "D87J-HEALTH", "educator"),
        ("XAA", "hhs-core-competencies@2021", "HTCC-UC", "all"),
    ],
)
async def test_a_cell_without_a_mandate_or_that_is_none_is_not_found(
    owner: Visitor, database: Database, cell: tuple[str, str, str, str]
) -> None:
    before = await draft_ids(database, OWNER)
    path = entry_path("health-xaa", cell)
    assert (await owner.get(path)).status_code == 404
    for verb in ("", "/take-back", "/discard"):
        assert (await owner.submit(path + verb, entry_form())).status_code == 404
    assert await drafts(database, OWNER, before) == []


async def test_another_organisations_unpublished_instrument_cannot_be_cited(
    owner: Visitor, ngo: Visitor, database: Database
) -> None:
    before = await draft_ids(database, OWNER)
    known = {i.id for i in await own_instruments(database, NGO)}
    at_theirs = entry_path("open-care-watch")
    assert (await ngo.submit(at_theirs, entry_form())).status_code == 303
    (theirs,) = [i for i in await own_instruments(database, NGO) if i.id not in known]
    answer = await owner.submit(HERE, entry_form(**{"citations-0-instrument": str(theirs.id)}))
    assert answer.status_code == 422
    assert str(theirs.id) not in (await owner.get(HERE)).text
    assert await drafts(database, OWNER, before) == []


async def test_a_viewer_reads_and_may_not_write(viewer: Visitor, owner: Visitor, database: Database) -> None:
    await owner.submit(HERE, entry_form())
    page = await viewer.get(HERE)
    assert page.status_code == 200
    assert "Written for a test." in html.words(page.text)
    assert not [f for f in html.forms(page.text) if "note" in f.fields]
    assert (await viewer.submit(HERE, entry_form(version="1"))).status_code == 403
    assert (await viewer.submit(HERE + "/discard", {"version": "1"})).status_code == 403
    assert "Apply one instrument" not in (await viewer.get(GRID)).text


async def test_a_published_cell_opens_with_what_is_published(owner: Visitor) -> None:
    page = (await owner.get(THERE)).text
    shown = html.form(page, "Save draft").fields
    assert (shown["commitment"], shown["practice"], shown["kind"]) == ("3", "2", "change")
    assert shown["valid_from"] == "2025-09-01"
    assert shown["citations-0-locator"]


async def test_the_grid_tells_what_is_published_and_under_way(owner: Visitor) -> None:
    await owner.submit(THERE, entry_form())
    page = (await owner.get(GRID)).text
    assert html.links(page).count(THERE) == 1
    told = html.words(page)
    for word in ("Draft", "Submitted", "Returned", "published", "Not applicable"):
        assert word in told
    assert len([link for link in html.links(page) if "/cells/hhs-core-competencies@2021/" in link]) == 28
    delta = (await owner.get(f"{GRID}?framework=delta87-justice@2021")).text
    assert "Nothing yet" in html.words(delta)
    assert (await owner.get(f"{GRID}?framework=nope")).status_code == 404


async def test_a_draft_shows_on_no_public_page(owner: Visitor, client: Visitor) -> None:
    await owner.submit(HERE, entry_form(note="canary-of-a-draft"))
    page = await client.get(cell_path())
    assert page.status_code == 200
    assert "canary-of-a-draft" not in page.text
    assert "Nobody has published on this cell" in html.words(page.text)
