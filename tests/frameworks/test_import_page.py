"""The operator's page: upload, look, take in; the public files of a framework; the command."""

import io
import json
import os
import zipfile
from pathlib import Path
from unittest.mock import patch

import anyio.to_thread
import httpx
import openpyxl
import pytest
from click.testing import CliRunner, Result

from tests.frameworks import samples
from tests.pages import html
from tests.personas import Visitor
from tests.worlds import World
from tracker.audit.models import SERVICE
from tracker.cli import main
from tracker.db.session import Bound, Database
from tracker.frameworks import files, service

PATH = "/en/o/secretariat/frameworks/import"
CONTENT = samples.as_csv(samples.items()[:60])


async def test_only_the_operator_imports(operator: Visitor, admin: Visitor) -> None:
    assert (await operator.get(PATH)).status_code == 200
    assert "frameworks/import" in (await operator.get("/en/o/secretariat")).text
    assert (await admin.get(PATH)).status_code == 404
    assert (await admin.get("/en/o/health-xaa/frameworks/import")).status_code == 403
    assert "frameworks/import" not in (await admin.get("/en/o/health-xaa")).text


async def sent(who: Visitor, content: bytes, name: str, **fields: str) -> httpx.Response:
    """The answer to the import page's form with a file."""
    return await who.submit(PATH, fields, files={"file": (name, content)})


async def taken_in(who: Visitor, content: bytes, name: str = "file.csv", **fields: str) -> httpx.Response:
    """Upload, look, take in."""
    looked = await sent(who, content, name, **fields)
    assert looked.status_code == 303, html.words(looked.text)
    assert (await who.get(looked.headers["location"])).status_code == 200
    return await who.submit(looked.headers["location"])


WRITERS = {"a.csv": samples.as_csv, "a.xlsx": samples.as_xlsx, "a.json": samples.as_case}


@pytest.mark.parametrize("name", WRITERS)
async def test_look_then_take_in(operator: Visitor, name: str) -> None:
    content = WRITERS[name](samples.items()[:60])  # type: ignore[operator]
    looked = await sent(operator, content, name)
    assert looked.status_code == 303
    preview = await operator.get(looked.headers["location"])
    assert "(a new version)" in preview.text
    assert (await operator.get("/en/frameworks/a-large-framework")).status_code == 404
    done = await operator.submit(looked.headers["location"])
    assert done.status_code == 303
    page = (await operator.get(done.headers["location"])).text
    assert "60 items" in page
    assert "depth-2" in page
    assert (await operator.submit(looked.headers["location"])).status_code == 404
    again = await operator.get((await sent(operator, content, name)).headers["location"])
    assert "Nothing: all of it is there already." in again.text


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (CONTENT.replace(b",part,L1.2,", b",part,NOWHERE,"), "a.csv", ["row 18", "parent", "NOWHERE"]),
        (CONTENT.replace(b"L1.2.1,part", b"L1.2.2,part"), "a.csv", ["there twice", "key"]),
        (CONTENT.replace(b",theme,,", b",theme,L1.1,", 1), "a.csv", ["circle"]),
        (CONTENT.replace(b"Theme 1", b"Th\xe9me"), "a.csv", ["This is not UTF-8 text."]),
        (b"{", "a.json", ["line 1", "not JSON"]),
        (b'{"CFDocument": {"title": "\xff"}}', "a.json", ["This is not UTF-8 text."]),
        (b"PK\x03\x04 nothing", "a.xlsx", ["damaged"]),
        (CONTENT, "a.xlsx", ["no workbook"]),
        (b"[" * (50 * 1024 * 1024), "a.json", ["50 MB", "10 MB is the most"]),
        (b"", "a.csv", ["not empty"]),
        (CONTENT, "a.txt", ["choose it"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_faults_are_told_and_nothing_is_stored(
    operator: Visitor, content: bytes, name: str, told: list[str]
) -> None:
    refused = await sent(operator, content, name)
    assert refused.status_code == 422
    words = html.words(refused.text)
    assert [part for part in told if part not in words] == []
    assert (await operator.get("/en/frameworks/a-large-framework")).status_code == 404


async def test_a_workbook_with_formulas_or_a_bomb_is_refused(operator: Visitor) -> None:
    for cell, told in (("=1+1", "formula"), ("#REF!", "error value")):
        book = openpyxl.load_workbook(io.BytesIO(samples.as_xlsx(samples.items()[:5])))
        assert book.active is not None
        book.active["F12"] = cell
        out = io.BytesIO()
        book.save(out)
        refused = await sent(operator, out.getvalue(), "a.xlsx")
        assert refused.status_code == 422
        assert told in html.words(refused.text)
        assert "F12" in refused.text
    packed = io.BytesIO(samples.as_xlsx(samples.items()[:5]))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as book_file:
        book_file.writestr("docProps/ballast.xml", bytes(200 * 1024 * 1024))
    refused = await sent(operator, packed.getvalue(), "a.xlsx")
    assert refused.status_code == 422
    assert "unpacks to far more" in html.words(refused.text)


async def test_a_frozen_version_says_so_and_a_new_one_stands_beside(
    operator: Visitor, database: Database
) -> None:
    name = "hhs-core-competencies"
    file = (await operator.get(f"/en/frameworks/{name}/file/csv")).content
    other = file.replace(b"Use a trauma-", b"Always use a trauma-")
    assert other != file
    refused = await sent(operator, other, "a.csv")
    assert refused.status_code == 422
    told = html.words(refused.text)
    assert f"{name}@2021 is frozen" in told
    assert "published entries" in told
    assert (await sent(operator, other, "a.csv", as_version="no version!")).status_code == 422
    done = await taken_in(operator, other, as_version="2026.test")
    assert done.headers["location"] == f"/en/frameworks/{name}@2026.test"
    new, old = [(await operator.get(f"/en/frameworks/{name}@{v}")).text for v in ("2026.test", "2021")]
    assert "Always use a trauma-" in new
    assert "Always use a trauma-" not in old
    assert "2026.test" in (await operator.get("/en/frameworks")).text
    # the bare key is the newest; the entries are read by their version, to which the pages lead
    for page in ("/en/jurisdictions/XAA", "/en/compare?jurisdictions=XAA"):
        assert f"framework={name}@2021" in (await operator.get(page)).text
    assert f"/frameworks/{name}/continues" in (await operator.get(PATH)).text


async def test_what_was_looked_at_is_what_is_taken_in(operator: Visitor, database: Database) -> None:
    looked = (await sent(operator, CONTENT, "a.csv")).headers["location"]
    async with database.write(Bound(tenant=SERVICE)) as db:
        file = files.read(samples.as_csv(samples.items()[:3]), "csv")
        await service.import_framework(db, file, tenant=SERVICE, actor=None)
    stale = await operator.submit(looked)
    assert stale.status_code == 409
    assert "3 items" in (await operator.get("/en/frameworks/a-large-framework")).text
    assert (await operator.get(looked)).status_code == 409


async def test_imported_items_take_part(operator: Visitor, owner: Visitor) -> None:
    parts = (
        "framework,version,key,kind,parent,text,wording,domains\n"
        "hhs-core-competencies,2021,HTCC-C1-I1,sub-competency,HTCC-C1,One in our words,paraphrase,individual\n"
    )
    assert (await taken_in(operator, parts.encode())).status_code == 303
    compare = (await owner.get("/en/compare?jurisdictions=XAA&items=HTCC-C1,HTCC-C1-I1")).text
    assert compare.count("One in our words") >= 1
    assert "HTCC-C1-I1/individual" in compare
    assert "HTCC-C1-I1/educator" not in compare
    grid = (await owner.get("/en/o/health-xaa/jurisdictions/XAA")).text
    assert "One in our words" in grid
    entry = "/en/o/health-xaa/jurisdictions/XAA/cells/hhs-core-competencies@2021/HTCC-C1-I1/individual"
    assert (await owner.get(entry)).status_code == 200
    assert (await owner.get(entry.replace("individual", "educator"))).status_code == 404


async def test_a_framework_is_to_be_had_as_files(client: Visitor) -> None:
    for kind, media_type in (
        ("csv", "text/csv"),
        ("case", "application/json"),
        ("skos", "text/turtle"),
        ("jsonld", "application/ld+json"),
    ):
        answer = await client.get(f"/en/frameworks/delta87-justice/file/{kind}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(media_type)
        assert "non-commercial only" in answer.text
    assert (await client.get("/en/frameworks/delta87-justice/file/xlsx")).content.startswith(b"PK")
    assert (await client.get("/en/frameworks/delta87-justice/file/xls")).status_code == 404


async def test_the_command(own_world: World, tmp_path: Path) -> None:
    async def run(*arguments: str) -> Result:
        settings = {"TRACKER_DATABASE_URL": own_world.url, "TRACKER_DATA_DIR": str(tmp_path)}
        with patch.dict(os.environ, settings):
            return await anyio.to_thread.run_sync(lambda: CliRunner().invoke(main, ["framework", *arguments]))

    file, out = tmp_path / "large.csv", tmp_path / "out.json"
    file.write_bytes(samples.as_csv(samples.items()))
    dry = await run("import", str(file), "--dry-run")
    assert (dry.exit_code, "500 items would be added" in dry.output) == (0, True)
    assert (await run("export", "a-large-framework", "--format", "case", "--out", str(out))).exit_code == 1
    assert "500 items added" in (await run("import", str(file))).output
    assert (await run("export", "a-large-framework", "--format", "case", "--out", str(out))).exit_code == 0
    assert "0 items added, 0 changed, 500 as they were" in (await run("import", str(out))).output
    file.write_bytes(file.read_bytes().replace(b",Theme 1,", b",Theme one,"))
    refused = await run("import", str(file))
    assert refused.exit_code == 1
    assert "nothing was stored" in refused.output
    large = tmp_path / "large.json"
    with large.open("wb") as sparse:
        sparse.truncate(50 * 1024 * 1024)
    assert "10 MB is the most" in (await run("import", str(large))).output


def without_licence() -> bytes:
    package = samples.case_package(samples.items()[:20])
    del package["CFDocument"]["licenseURI"]
    return json.dumps(package).encode()


async def test_the_licence_that_a_file_does_not_state_is_asked_for(operator: Visitor) -> None:
    refused = await sent(operator, without_licence(), "a.json")
    assert refused.status_code == 422
    assert "The file states no licence. Write it here." in html.words(refused.text)
    assert (await sent(operator, without_licence(), "a.json", licence="x" * 101)).status_code == 422
    done = await taken_in(operator, without_licence(), "a.json", licence="CC0-1.0")
    page = (await operator.get(done.headers["location"])).text
    assert "CC0-1.0" in page
    # what a file states stands, whatever is typed
    done = await taken_in(operator, samples.as_csv(samples.items()[:20], version="2"), licence="CC0-1.0")
    page = (await operator.get(done.headers["location"])).text
    assert samples.HEAD["licence"] in page
    assert "CC0-1.0" not in page


async def test_the_command_takes_a_licence_and_names_the_items(own_world: World, tmp_path: Path) -> None:
    async def run(*arguments: str) -> Result:
        settings = {"TRACKER_DATABASE_URL": own_world.url, "TRACKER_DATA_DIR": str(tmp_path)}
        with patch.dict(os.environ, settings):
            return await anyio.to_thread.run_sync(lambda: CliRunner().invoke(main, ["framework", *arguments]))

    case = tmp_path / "a.json"
    case.write_bytes(without_licence())
    refused = await run("import", str(case))
    assert refused.exit_code == 1
    assert "give it with --licence" in refused.output
    done = await run("import", str(case), "--licence", "CC0-1.0")
    assert done.exit_code == 0, done.output
    assert "+ L1.1  Item 1 of theme 1\n" in done.output
    # two versions of another: one item reworded, one dropped, one new
    first = tmp_path / "a.csv"
    first.write_bytes(samples.as_csv(samples.items()[:20]))
    assert (await run("import", str(first))).exit_code == 0
    rows = [
        (k, kind, parent, "Other words" if k == "L1.1" else text) for k, kind, parent, text in samples.items()
    ]
    rows = [*rows[:19], ("L9", "theme", "", "A new theme")]
    second = tmp_path / "b.csv"
    second.write_bytes(samples.as_csv(rows, version="2"))
    for dry in (["--dry-run"], []):
        told = (await run("import", str(second), *dry)).output
        assert "compared with version 1:\n" in told
        assert "~ L1.1  text: “Item 1 of theme 1” → “Other words”\n" in told
        assert "+ L9  A new theme\n" in told
        assert "- L1.3.4  Part 4 of 1.3\n" in told
        assert "L1.2 " not in told
    # within a version: what is not in the file stays, and is named
    second.write_bytes(samples.as_csv(rows[:18], version="2"))
    assert "= L9  A new theme\n" in (await run("import", str(second))).output


async def test_the_preview_names_what_changes(operator: Visitor) -> None:
    await taken_in(operator, samples.as_csv(samples.items()[:20]))
    rows = [(k, kind, parent, "Other words" if k == "L1.1" else t) for k, kind, parent, t in samples.items()]
    looked = await sent(
        operator, samples.as_csv([*rows[:19], ("L9", "theme", "", "New")], version="2"), "a.csv"
    )
    told = html.words((await operator.get(looked.headers["location"])).text)
    assert "Compared with version 1" in told
    assert "text : Item 1 of theme 1 → Other words" in told.replace("text:", "text :")
    assert "Items of version 1 that nothing here continues" in told
