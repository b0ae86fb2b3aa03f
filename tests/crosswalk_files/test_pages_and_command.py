"""The operator's page: upload, look, apply; and the command."""

import re
from pathlib import Path
from typing import Any

import anyio.to_thread
from click.testing import Result

from tests.cli.command import here, settings_of
from tests.pages import html
from tests.personas import Visitor
from tests.worlds import World
from tracker.crosswalk_files import import_views

PAGE = "/en/o/secretariat/crosswalks/import"
KEY = "hhs-core-competencies--iom-caring-for-trafficked-persons"
HERE = {"Sec-Fetch-Site": "same-origin"}


async def upload(person: Visitor, content: bytes, name: str) -> Any:
    fields = {"csrf_token": person.csrf_token}
    return await person.post(PAGE, data=fields, files={"file": (name, content)}, headers=HERE)


def hidden(page: str) -> dict[str, str]:
    return dict(
        re.findall(r'<input type="hidden" name="(kind|filename|content|basis)" value="([^"]*)">', page)
    )


async def test_only_the_operator_imports(operator: Visitor, admin: Visitor, client: Visitor) -> None:
    assert (await operator.get(PAGE)).status_code == 200
    assert "crosswalks/import" in (await operator.get("/en/o/secretariat")).text
    assert (await admin.get(PAGE)).status_code == 404
    assert (await admin.get("/en/o/health-xaa/crosswalks/import")).status_code == 403
    assert "crosswalks/import" not in (await admin.get("/en/o/health-xaa")).text
    assert (await client.get(PAGE)).status_code in (303, 404)


async def test_upload_look_apply(operator: Visitor, client: Visitor) -> None:
    for kind, name in (("sssom", "a.sssom.tsv"), ("csv", "a.csv"), ("xlsx", "a.xlsx")):
        content = (await client.get(f"/en/crosswalks/{KEY}/file/{kind}")).content
        looked = await upload(operator, content, name)
        assert looked.status_code == 200
        assert "All of it is there already." in looked.text
        assert "Import it" not in looked.text
    content = (await client.get(f"/en/crosswalks/{KEY}/file/csv")).content
    content = content.replace(b"A kind of care, or a step of it", b"<b>Another</b> reason", 1)
    looked = await upload(operator, content, "my <set>.csv")
    assert looked.status_code == 200
    assert "my &lt;set&gt;.csv" in looked.text
    assert "&lt;b&gt;Another&lt;/b&gt; reason" in looked.text
    assert "Nothing of “my <set>.csv” has been saved yet." in html.words(looked.text)
    assert "&lt;b&gt;Another" not in (await client.get(f"/en/crosswalks/{KEY}")).text
    done = await operator.submit(f"{PAGE}/apply", hidden(looked.text))
    assert (done.status_code, done.headers["location"]) == (303, f"/en/crosswalks/{KEY}@0.1")
    after = await operator.get(done.headers["location"])
    assert "0 added, 1 changed, 0 removed." in after.text
    assert "&lt;b&gt;Another&lt;/b&gt; reason" in after.text
    again = await upload(operator, content, "my <set>.csv")
    assert "All of it is there already." in again.text


async def test_faults_stand_in_a_table_and_nothing_is_stored(operator: Visitor, client: Visitor) -> None:
    content = (await client.get(f"/en/crosswalks/{KEY}/file/csv")).content
    before = (await client.get(f"/en/crosswalks/{KEY}")).text
    wrong = content.replace(b"superset of", b"bigger than", 1).replace(b"0.5", b"7", 1)
    refused = await upload(operator, wrong, "wrong.csv")
    assert refused.status_code == 422
    told = html.words(refused.text)
    assert "“wrong.csv” has 2 faults" in told
    assert "“bigger than” is not known here" in told
    assert "“7” is no number from 0 to 1" in told
    form = {"kind": "csv", "filename": "wrong.csv", "content": "not base64!"}
    assert (await operator.submit(f"{PAGE}/apply", form)).status_code == 422
    assert (
        await operator.submit(f"{PAGE}/apply", form | {"kind": "pdf", "content": "YQ=="})
    ).status_code == 422
    assert (await operator.submit(f"{PAGE}/apply", form | {"content": "YQ=="})).status_code == 422
    for name, data in (("a.csv", b""), ("a.pdf", b"x"), ("a.xlsx", b"PK\x03\x04"), ("a.tsv", b"\xff")):
        assert (await upload(operator, data, name)).status_code == 422
    assert (await client.get(f"/en/crosswalks/{KEY}")).text == before


async def test_what_changed_since_the_look_is_looked_at_again(operator: Visitor, client: Visitor) -> None:
    content = (await client.get(f"/en/crosswalks/{KEY}/file/csv")).content
    mine = content.replace(b"A kind of care, or a step of it", b"Mine", 1)
    looked = await upload(operator, mine, "mine.csv")
    theirs = await upload(
        operator, content.replace(b"A kind of care, or a step of it", b"Theirs", 1), "b.csv"
    )
    assert (await operator.submit(f"{PAGE}/apply", hidden(theirs.text))).status_code == 303
    late = await operator.submit(f"{PAGE}/apply", hidden(looked.text))
    assert late.status_code == 422
    assert "has changed since you looked" in html.words(late.text)
    assert "Theirs" in (await client.get(f"/en/crosswalks/{KEY}")).text


async def test_the_largest_file_comes_back_whole(operator: Visitor) -> None:
    head = "subject_id\tpredicate_id\tobject_id\tmapping_justification\tcomment\tunused\n"
    top = "#curie_map:\n#  a: 'urn:elsewhere:'\n#crosswalk: a-large-one\n" + head
    fill = "x" * 100_000
    content = top + "".join(
        f"a:HTCC-C{n}\tskos:relatedMatch\ta:IOM-AS{m}\tsemapv:ManualMappingCuration\tWhy.\t{fill}\n"
        for n, m in ((2, 3), (3, 3), (4, 3), (5, 3), (6, 3), (2, 5), (3, 5), (4, 5), (5, 5), (6, 5))
    )
    assert 1_000_000 < len(content) < import_views.LARGEST_FILE
    looked = await upload(operator, content.encode(), "large.tsv")
    assert looked.status_code == 200
    assert "Columns that are not used here: unused." in looked.text
    done = await operator.submit(f"{PAGE}/apply", hidden(looked.text))
    assert (done.status_code, done.headers["location"]) == (303, "/en/crosswalks/a-large-one@1")
    too_large = await upload(operator, b"x" * (import_views.LARGEST_FILE + 1), "large.tsv")
    assert too_large.status_code == 422
    assert "larger than 1 MB" in too_large.text


async def test_the_command(own_world: World, tmp_path: Path) -> None:
    variables = settings_of(own_world, tmp_path)

    async def run(*arguments: str) -> Result:
        return await anyio.to_thread.run_sync(lambda: here(variables, "crosswalk", *arguments))

    for kind, name in (("sssom", "a.tsv"), ("csv", "a.csv"), ("xlsx", "a.xlsx")):
        out = tmp_path / name
        assert (await run("export", KEY, "--format", kind, "--out", str(out))).exit_code == 0
        same = await run("import", str(out))
        assert (same.exit_code, same.output) == (
            0,
            f"{KEY}@0.1: 0 added, 0 changed, 0 removed, 10 as they were\n",
        )
    file = tmp_path / "a.csv"
    file.write_bytes(file.read_bytes().replace(b"A kind of care, or a step of it", b"Another reason", 1))
    assert "1 would be changed" in (await run("import", str(file), "--dry-run")).output
    assert "1 changed" in (await run("import", str(file), "--format", "csv")).output
    assert "0 changed" in (await run("import", str(file))).output
    rival = await run("import", str(file), "--key", "a-rival", "--version", "2.0")
    assert rival.output == "a-rival@2.0 (a new draft): 10 added, 0 changed, 0 removed, 0 as they were\n"
    file.write_bytes(file.read_bytes().replace(b"IOM-AS1,", b"NOWHERE,"))
    refused = await run("import", str(file))
    assert refused.exit_code == 1
    assert "has no item “NOWHERE”" in refused.output
    assert "nothing was stored" in refused.output
    assert (await run("export", "nope", "--out", str(tmp_path / "b"))).exit_code == 1
    assert (await run("import", str(tmp_path / "a.csv"), "--format", "sssom")).exit_code == 1
    unknown = tmp_path / "a.txt"
    unknown.write_bytes(b"x")
    assert (await run("import", str(unknown))).exit_code == 2
    with unknown.open("wb") as sparse:
        sparse.truncate(50 * 1024 * 1024)
    assert "10 MB is the most" in (await run("import", str(unknown), "--format", "csv")).output
