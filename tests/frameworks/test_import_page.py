"""The operator's page: check, then import; the public files of a framework; the command."""

import os
from pathlib import Path
from unittest.mock import patch

import anyio.to_thread
from click.testing import CliRunner, Result

from tests.frameworks import samples
from tests.personas import Visitor
from tests.worlds import World
from tracker.cli import main

PATH = "/en/o/secretariat/frameworks/import"
CONTENT = samples.as_csv(samples.items()[:60]).decode()


async def test_only_the_operator_imports(operator: Visitor, admin: Visitor) -> None:
    assert (await operator.get(PATH)).status_code == 200
    assert "frameworks/import" in (await operator.get("/en/o/secretariat")).text
    assert (await admin.get(PATH)).status_code == 404
    assert (await admin.get("/en/o/health-xaa/frameworks/import")).status_code == 403
    assert "frameworks/import" not in (await admin.get("/en/o/health-xaa")).text


async def test_check_then_import(operator: Visitor) -> None:
    checked = await operator.submit(PATH, {"kind": "csv", "content": CONTENT, "do": "check"})
    assert checked.status_code == 200
    assert "(a new version)" in checked.text
    assert (await operator.get("/en/frameworks/a-large-framework")).status_code == 404
    done = await operator.submit(PATH, {"kind": "csv", "content": CONTENT, "do": "import"})
    assert (done.status_code, done.headers["location"]) == (303, "/en/frameworks/a-large-framework@1")
    page = (await operator.get("/en/frameworks/a-large-framework")).text
    assert "60 items" in page
    assert "depth-2" in page
    again = await operator.submit(PATH, {"kind": "csv", "content": CONTENT, "do": "check"})
    assert "Nothing: all of it is there already." in again.text


async def test_faults_stand_in_a_table_and_nothing_is_stored(operator: Visitor) -> None:
    wrong = CONTENT.replace(",part,L1.2,", ",part,NOWHERE,")
    for do in ("check", "import"):
        refused = await operator.submit(PATH, {"kind": "csv", "content": wrong, "do": do})
        assert refused.status_code == 422
        assert "There is no item “NOWHERE”." in refused.text
        assert "row 18" in refused.text
    assert (await operator.submit(PATH, {"kind": "case", "content": "{", "do": "check"})).status_code == 422
    assert (await operator.submit(PATH, {"kind": "csv", "content": "", "do": "check"})).status_code == 422
    assert (await operator.get("/en/frameworks/a-large-framework")).status_code == 404


async def test_imported_items_take_part(operator: Visitor, owner: Visitor) -> None:
    parts = (
        "framework,version,key,kind,parent,text,wording,domains\n"
        "hhs-core-competencies,2021,HTCC-C1-I1,sub-competency,HTCC-C1,One in our words,paraphrase,individual\n"
    )
    done = await operator.submit(PATH, {"kind": "csv", "content": parts, "do": "import"})
    assert done.status_code == 303
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
    for kind, media_type in (("csv", "text/csv"), ("case", "application/json"), ("skos", "text/turtle")):
        answer = await client.get(f"/en/frameworks/delta87-justice/file/{kind}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(media_type)
        assert "non-commercial only" in answer.text
    assert (await client.get("/en/frameworks/delta87-justice/file/xlsx")).status_code == 404


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
