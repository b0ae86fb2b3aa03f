"""The pages: download, upload, look, apply; and a server that keeps answering meanwhile."""

import asyncio
import io
import time
from typing import Any

import httpx
import openpyxl
import pytest
from sqlmodel import col, select

from tests import factories, personas
from tests.exchange.sheet import as_csv, as_xlsx, of_csv, rezipped, row
from tests.personas import Visitor
from tests.worlds import World
from tracker.app import create_app
from tracker.db.session import Bound, Database
from tracker.entries.models import Draft
from tracker.exchange import sheets
from tracker.exchange.columns import COLUMNS
from tracker.exchange.models import ImportPreview
from tracker.kit import clock
from tracker.settings import Settings

GRID = "/en/o/health-xaa/jurisdictions/XAA"
IMPORT = "/en/o/health-xaa/import"
HERE = {"Sec-Fetch-Site": "same-origin"}


async def upload(
    person: Visitor, content: bytes, name: str = "grid.csv", path: str = IMPORT, **options: Any
) -> Any:
    fields = {"csrf_token": options.pop("token", person.csrf_token)}
    return await person.post(
        path, data=fields, files={"file": (name, content)}, headers=HERE | options.pop("headers", {})
    )


async def notes(database: Database, persona: personas.Persona) -> set[str]:
    actor = await personas.actor(database, persona)
    async with database.read(personas.bound(actor)) as db:
        return set((await db.execute(select(Draft.note))).scalars())


def line(**cells: str) -> dict[str, str]:
    return row(**{"note": "imported <b>", "item": "HTCC-C6", "domain": "researcher"} | cells)


async def test_downloads(viewer: Visitor) -> None:
    answer = await viewer.get(f"{GRID}/export.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    name = "health-xaa-XAA-hhs-core-competencies-2021.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    rows = of_csv(answer.content)
    assert len(rows) == 28
    assert tuple(rows[0]) == COLUMNS
    assert {(r["jurisdiction"], r["framework"], r["framework_version"]) for r in rows} == {
        ("XAA", "hhs-core-competencies", "2021")
    }
    answer = await viewer.get(f"{GRID}/export.xlsx?framework=delta87-justice")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [c.value for c in book["Entries"][1]] == list(COLUMNS)
    assert {c.value for c in book["Entries"]["B"][1:]} == {"delta87-justice"}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_downloads_that_are_not_there(owner: Visitor, ending: str) -> None:
    for path in (
        f"/en/o/health-xaa/jurisdictions/XAB/export.{ending}",
        f"{GRID}/export.{ending}?framework=x",
    ):
        assert (await owner.get(path)).status_code == 404


async def test_the_way_there_is_shown_to_who_may_go_it(owner: Visitor, viewer: Visitor) -> None:
    assert IMPORT in (await owner.get("/en/o/health-xaa")).text
    grid = (await owner.get(GRID)).text
    assert IMPORT in grid and f"{GRID}/export.xlsx" in grid
    for page in ("/en/o/health-xaa", GRID):
        assert IMPORT not in (await viewer.get(page)).text
    assert (await viewer.get(IMPORT)).status_code == 403


async def test_upload_look_apply(database: Database, owner: Visitor, teammate: Visitor) -> None:
    both = [line(), line(domain="educator", commitment="", practice="", note="overlooked")]
    answer = await upload(owner, as_csv(both))
    assert answer.status_code == 303
    there = answer.headers["location"]
    page = (await owner.get(there)).text
    assert "Apply: save 1 draft" in page
    assert "imported &lt;b&gt;" in page
    assert "Row 3: Both axes are blank" in page
    assert "something stands in basis, scope, note" in page
    assert "imported <b>" not in await notes(database, personas.OWNER)
    answer = await owner.submit(there)
    assert answer.status_code == 303
    assert "imported <b>" in await notes(database, personas.OWNER)
    # it is used up
    assert (await owner.submit(there)).status_code == 404
    assert (await owner.get(there)).status_code == 404


async def test_a_workbook_by_the_pages(database: Database, owner: Visitor) -> None:
    content = as_xlsx([[text or None for text in line().values()]])
    answer = await upload(owner, content, "grid.xlsx")
    assert (await owner.submit(answer.headers["location"])).status_code == 303
    assert "imported <b>" in await notes(database, personas.OWNER)


async def test_a_file_of_which_nothing_is_taken_says_why(owner: Visitor) -> None:
    answer = await upload(owner, as_csv([line(commitment="", practice="", note="overlooked")]))
    page = (await owner.get(answer.headers["location"])).text
    assert "Row 2: Both axes are blank" in page
    assert "Nothing of the file can be applied as it is." in page


async def test_the_own_grid_has_nothing_to_apply(owner: Visitor) -> None:
    for ending in ("csv", "xlsx"):
        content = (await owner.get(f"{GRID}/export.{ending}")).content
        answer = await upload(owner, content)
        page = (await owner.get(answer.headers["location"])).text
        assert "there is nothing to apply" in page
        assert "Apply: save" not in page


async def test_changes_are_shown_column_by_column(database: Database, owner: Visitor) -> None:
    actor = await personas.actor(database, personas.OWNER)
    await factories.draft(database, actor, await factories.cell(database))
    rows = of_csv((await owner.get(f"{GRID}/export.csv")).content)
    for found in rows:
        if found["domain"] == "educator" and found["item"] == "HTCC-UC":
            found |= {"note": "after", "citation_1_instrument": "", "citation_1_axis": ""} | {
                name: "" for name in found if name.startswith("citation_1_")
            }
    page = (await owner.get((await upload(owner, as_csv(rows))).headers["location"])).text
    assert "Written for a test. → after" in page
    assert "Decree on training in health care → blank" in page


async def test_faults_are_told_by_row_and_column(database: Database, owner: Visitor) -> None:
    before = await notes(database, personas.OWNER)
    answer = await upload(owner, as_csv([line(commitment="7"), line(domain="all")]), "my <grid>.csv")
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert "“my &lt;grid&gt;.csv” has 2 faults" in answer.text
    assert "<td>2</td><td>commitment</td><td>“7” is not known here." in answer.text
    assert "<td>3</td><td>domain</td>" in answer.text
    assert await notes(database, personas.OWNER) == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file"),
        (as_csv([line()]).decode().encode("utf-16"), "UTF-8"),
        (as_csv([line(note="é")]).decode().encode("latin-1"), "UTF-8"),
        (as_csv([line(note="a\x00b")]), "NUL"),
        (as_csv([line(note="x" * (1 << 20))]), "1048576"),
        (b"\xd0\xcf\x11\xe0", "Save it as plain .xlsx"),
        (b"PK\x03\x04", "can&#39;t be read"),
        (as_xlsx([[*line().values()][:-1], ["=1+1"]]), "formula"),
        (rezipped(as_xlsx([]), lambda p: p.update({"xl/vbaProject.bin": b""})), "macros"),
        (rezipped(as_xlsx([]), lambda p: p.update({"xl/styles.xml": bytes(200 << 20)})), "unpacks"),
    ],
    ids=["empty", "utf-16", "latin-1", "nul", "1 MB", "xls", "zip", "formula", "macros", "bomb"],
)
async def test_what_is_no_grid_is_refused_in_words(owner: Visitor, content: bytes, words: str) -> None:
    answer = await upload(owner, content)
    assert answer.status_code == 422
    assert words in answer.text


async def test_no_file_at_all(owner: Visitor) -> None:
    for answer in (
        await owner.submit(IMPORT),
        await owner.submit(IMPORT, {"file": "typed, not chosen"}),
        await owner.post(IMPORT, data={"csrf_token": owner.csrf_token}, files={"other": b"x"}, headers=HERE),
    ):
        assert answer.status_code == 422
        assert "Choose a file" in answer.text


async def test_a_body_may_be_a_little_more_than_the_file(owner: Visitor) -> None:
    fits = await upload(owner, b"x" * sheets.LARGEST_FILE)
    assert fits.status_code == 422
    assert (await upload(owner, b"x" * (sheets.LARGEST_FILE + 1))).status_code == 422
    assert (await upload(owner, b"x" * (sheets.LARGEST_FILE + 200_000))).status_code == 413


async def test_other_forms_take_no_files(owner: Visitor) -> None:
    cell = f"{GRID}/cells/hhs-core-competencies/HTCC-UC/educator"
    for path in (cell, f"{GRID}/apply", "/en/sign-out", "/en/o/health-xaa/nowhere"):
        answer = await upload(owner, b"x", path=path)
        assert answer.status_code in (404, 405, 415), path


async def test_files_are_taken_with_the_sessions_token_only(owner: Visitor, teammate: Visitor) -> None:
    for token in ("", "0" * 64, teammate.csrf_token):
        assert (await upload(owner, as_csv([line()]), token=token)).status_code == 403
    answer = await upload(owner, as_csv([line()]), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


async def test_files_of_who_may_not_send_them_are_not_read(
    viewer: Visitor, outsider: Visitor, client: Visitor
) -> None:
    for person, status in ((viewer, 403), (outsider, 404), (client, 303)):
        assert (await upload(person, b"x" * 100_000)).status_code == status


@pytest.mark.parametrize(
    "body",
    [b"", b"--b\r\n", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", b"\xff" * 1000],
    ids=["empty", "cut off", "no name", "bytes"],
)
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", "multipart/form-data"])
async def test_broken_bodies_are_refused(owner: Visitor, body: bytes, kind: str) -> None:
    answer = await owner.post(IMPORT, content=body, headers=HERE | {"Content-Type": kind})
    assert answer.status_code in (400, 403)


async def test_a_name_that_is_no_name(owner: Visitor, database: Database) -> None:
    answer = await upload(owner, as_csv([line()]), "../" * 300 + '"<x>\r\n.csv')
    assert answer.status_code == 303
    assert (await owner.get(answer.headers["location"])).status_code == 200


async def test_a_preview_is_its_organisations_alone(
    owner: Visitor, teammate: Visitor, outsider: Visitor
) -> None:
    there = (await upload(owner, as_csv([line()]))).headers["location"]
    assert (await teammate.get(there)).status_code == 200
    other = there.replace("health-xaa", "health-xab")
    for path in (there, other):
        assert (await outsider.get(path)).status_code == 404
        assert (await outsider.submit(path)).status_code == 404


async def test_one_preview_a_person_and_none_for_long(database: Database, owner: Visitor) -> None:
    actor = await personas.actor(database, personas.OWNER)
    first = (await upload(owner, as_csv([line()]))).headers["location"]
    second = (await upload(owner, as_csv([line(note="again")]))).headers["location"]
    assert (await owner.get(first)).status_code == 404
    async with database.read(Bound(tenant=actor.organisation_id)) as db:
        kept = (await db.execute(select(ImportPreview))).scalars().all()
    assert [p.created_by for p in kept] == [actor.user_id]
    with clock.at(clock.now().replace(year=clock.now().year + 1)):
        async with database.read(personas.bound(actor)) as db:
            from tracker.exchange import queries

            assert await queries.preview(db, kept[0].id) is None
    assert (await owner.get(second)).status_code == 200


async def test_a_stale_preview_says_so_and_saves_nothing(database: Database, owner: Visitor) -> None:
    there = (await upload(owner, as_csv([line()]))).headers["location"]
    actor = await personas.actor(database, personas.OWNER)
    from tracker.kit.vocabulary import Domain

    where = await factories.cell(database, item="HTCC-C6", domain=Domain.RESEARCHER)
    await factories.draft(database, actor, where)
    answer = await owner.submit(there)
    assert answer.status_code == 409
    assert "has changed since" in answer.text
    assert "Apply: save" not in answer.text
    assert "imported <b>" not in await notes(database, personas.OWNER)


async def test_the_server_answers_while_it_reads(own_world: World, settings: Settings) -> None:
    """Other people's pages are served between the beginning and the end of reading a workbook and 40,000 rows."""
    database = Database(own_world.engine)
    app = create_app(settings, database)
    owner = await personas.signed_in(app, settings, database, personas.OWNER)
    teammate = await personas.signed_in(app, settings, database, personas.TEAMMATE)
    workbook = as_xlsx([list(line(jurisdiction=f"X{n}").values()) for n in range(4_000)])
    large = as_csv([line(jurisdiction=f"X{n}", note="x" * 100) for n in range(40_000)])
    async with owner, teammate:
        for content in (workbook, large):
            reading, pages = asyncio.create_task(upload(owner, content)), 0
            waits = asyncio.create_task(longest_wait(reading))
            while not reading.done():
                assert (await teammate.get("/health/live")).status_code == 200
                assert (await teammate.get("/en/frameworks")).status_code == 200
                pages += 1
            assert reading.result().status_code == 422
            assert pages
            # Read on the loop itself, everything else would wait for most of that time.
            assert await waits < 0.5


async def longest_wait(reading: asyncio.Task[httpx.Response]) -> float:
    """The longest that the loop let others wait while the task ran, as a share of its whole time."""
    start = last = time.monotonic()
    longest = 0.0
    while not reading.done():
        await asyncio.sleep(0)
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    return longest / (last - start)


async def test_two_people_apply_at_once_and_one_is_told(own_world: World, settings: Settings) -> None:
    """Both looked at an import of the same cell: one draft comes of it, and no lost update."""
    database = Database(own_world.engine)
    app = create_app(settings, database)
    people = [
        await personas.signed_in(app, settings, database, p) for p in (personas.OWNER, personas.TEAMMATE)
    ]
    there = [
        (await upload(person, as_csv([line(note=f"by {n}")]))).headers["location"]
        for n, person in enumerate(people)
    ]
    answers = await asyncio.gather(*(p.submit(path) for p, path in zip(people, there, strict=True)))
    assert sorted(a.status_code for a in answers) == [303, 409]
    winner = next(n for n, a in enumerate(answers) if a.status_code == 303)
    assert {n for n in await notes(database, personas.OWNER) if n.startswith("by ")} == {f"by {winner}"}
    for person in people:
        await person.aclose()


async def test_an_import_against_a_form_at_the_same_moment(own_world: World, settings: Settings) -> None:
    database = Database(own_world.engine)
    app = create_app(settings, database)
    owner = await personas.signed_in(app, settings, database, personas.OWNER)
    there = (await upload(owner, as_csv([line(note="by file")]))).headers["location"]
    cell = f"{GRID}/cells/hhs-core-competencies@2021/HTCC-C6/researcher"
    form = {"do": "save", "version": "0", "kind": "change", "commitment": "inconclusive"}
    form |= {"practice": "not_assessed", "note": "by form"}
    answers = await asyncio.gather(owner.submit(there), owner.submit(cell, form))
    assert sorted(a.status_code for a in answers) == [303, 409]
    actor = await personas.actor(database, personas.OWNER)
    async with database.read(personas.bound(actor)) as db:
        said = (await db.execute(select(Draft.note).where(col(Draft.note).startswith("by ")))).scalars().all()
    assert len(said) == 1
    await owner.aclose()
