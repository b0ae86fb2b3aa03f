"""The command line on a loaded world."""

import csv
import io
import re
from pathlib import Path

import click
import pytest
from pypdf import PdfReader

from tests.cli.command import here, process, settings_of
from tests.personas import visitor
from tests.worlds import World
from tracker.app import create_app
from tracker.cli import main
from tracker.db.session import Database
from tracker.settings import Settings

STATES = "US-CT,US-FL,US-LA,US-MI,US-TX"
PASSWORD = re.compile(r"\b(?:[a-z2-9]{5}-){3}[a-z2-9]{5}\b")


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path]
    for name, command in group.commands.items():
        found += commands(command, (*path, name)) if isinstance(command, click.Group) else [(*path, name)]
    return found


@pytest.fixture
def variables(world: World, tmp_path: Path) -> dict[str, str]:
    return settings_of(world, tmp_path)


@pytest.mark.parametrize("path", commands(main), ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...], tmp_path: Path) -> None:
    result = here({"TRACKER_DATA_DIR": str(tmp_path)}, *path, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.output
    first = result.output.split("\n\n")[1].strip()
    assert len(first) > 15, "a sentence that says what it does"


def test_the_surface_is_there() -> None:
    names = {" ".join(path) for path in commands(main)}
    promised = (
        "serve, migrate, load reference, load demo, account add, account reset, compare, briefing, "
        "backup, restore, verify log, doctor"
    )
    assert set(promised.split(", ")) <= names


def test_compare_prints_the_csv_of_the_page(variables: dict[str, str]) -> None:
    done = process(
        variables,
        "compare",
        "--jurisdictions",
        STATES,
        "--framework",
        "hhs-core-competencies",
        "--format",
        "csv",
    )
    assert (done.returncode, done.stderr) == (0, b"")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode(), newline="")))
    assert len(rows) == 5 * 7 * 4
    assert all(value.strip() for row in rows for value in row.values())
    for row in rows:
        for axis in ("commitment", "practice"):
            assert row[axis] not in "01234" or row["sources"] != "none" or row[f"{axis}_claimed"] == "true"
    assert sum(row["commitment"] == "2" for row in rows) == 8
    assert {row["cell_url"].partition("/en/")[0] for row in rows} == {"http://127.0.0.1:8000"}


def test_compare_takes_the_parameters_of_the_page(variables: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    flags = ["--jurisdictions", "XAA,XAB", "--items", "HTCC-C2", "--domains", "individual", "--source", "all"]
    flags += ["--as-of", "2025-12-31", "--axis", "commitment", "--out", str(out)]
    assert here(variables, "compare", *flags).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_bytes().decode(), newline="")))
    assert [(r["jurisdiction"], r["organisation"]) for r in rows] == [
        ("XAA", "health-xaa"),
        ("XAA", "open-care-watch"),
        ("XAB", "health-xab"),
        ("XAB", "open-care-watch"),
    ]


def test_a_briefing_is_the_same_bytes_in_any_process(variables: dict[str, str], tmp_path: Path) -> None:
    outs = []
    for seed, zone, language in (("0", "Pacific/Kiritimati", "C"), ("1", "America/New_York", "C.UTF-8")):
        out = tmp_path / f"{seed}.pdf"
        more = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language}
        flags = ["--jurisdictions", "US-FL,US-TX", "--framework", "hhs-core-competencies", "--out", str(out)]
        done = process(variables | more, "briefing", *flags)
        assert done.returncode == 0, done.stderr.decode()
        outs.append(out.read_bytes())
    assert outs[0] == outs[1]
    text = " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(outs[0])).pages).split())
    assert "Chapter 2019-152, Laws of Florida" in text
    assert "26 Tex. Admin. Code § 370.1" in text
    letter = here(variables, "briefing", *flags[:-1], str(tmp_path / "l.pdf"), "--page-size", "Letter")
    assert letter.exit_code == 0
    sizes = {p.mediabox.width for p in PdfReader(tmp_path / "l.pdf").pages}
    assert {round(float(s)) for s in sizes} <= {612, 792}


def test_doctor_is_content(variables: dict[str, str]) -> None:
    done = process(variables, "doctor")
    assert done.returncode == 0, done.stdout.decode()
    assert b"WRONG" not in done.stdout
    assert b"5300 jurisdictions" in done.stdout
    assert b"112 framework items" in done.stdout  # six of them are the demo's


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["compare", "--jurisdictions", "NOPE"], "There is no jurisdiction with the code NOPE."),
        (["compare", "--jurisdictions", "US-TX", "--axis", "x"], "“x” is not known here"),
        (["compare", "--jurisdictions", "US-TX", "--as-of", "2999-01-01"], "is in the future"),
        (["compare", "--jurisdictions", "US-TX", "--framework", "nope"], "There is no framework “nope”."),
        (["compare", "--jurisdictions", "US-TX", "--out", "no/such/folder/a.csv"], "can't be written"),
        (["compare", "--jurisdictions", "US-TX", "--through", "a--b"], "There is no crosswalk “a--b”."),
        (["compare"], "name the jurisdictions"),
        (["briefing", "--jurisdictions", "NOPE", "--out", "a.pdf"], "There is no jurisdiction"),
        (["briefing", "--jurisdictions", "US-TX"], "Missing option '--out'"),
        (["account", "reset"], "name one account"),
        (["account", "reset", "nobody@nowhere.example"], "There is no account with this e-mail address."),
        (["account", "reset", "a@b.example", "--demo"], "name one account"),
        (["account", "add", "--email", "x", "--name", "X", "--organisation", "health-xaa", "--role", "viewer"],
         "This is not an e-mail address."),
        (["account", "add", "--email", "x@y.example", "--name", "X", "--organisation", "no", "--role", "viewer"],
         "there is no organisation with the key no"),
        (["account", "add", "--email", "x@y.example", "--name", "X", "--organisation", "health-xaa",
          "--role", "operator"], "Only a member of an operator organisation"),
        (["account", "organisation", "--key", "A B", "--name", "X", "--kind", "ngo"], "lower-case letters"),
        (["account", "organisation", "--key", "new", "--name", "X", "--kind", "ngo", "--steward", "NOPE"],
         "there is no jurisdiction with the code NOPE"),
        (["account", "organisation", "--key", "new", "--name", "X", "--kind", "club"], "Invalid value for '--kind'"),
        (["nonsense"], "No such command 'nonsense'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_plain_line(
    variables: dict[str, str], arguments: list[str], told: str
) -> None:
    result = here(variables, *arguments)
    assert result.exit_code in (1, 2)
    last = result.output.strip().splitlines()[-1]
    assert last.startswith("Error: ")
    assert told in last
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"TRACKER_NOPE": "1"}, "TRACKER_NOPE is not a setting"),
        ({"TRACKER_DATABASE_URL": "mysql://x/y"}, "TRACKER_DATABASE_URL takes"),
        ({"TRACKER_BASE_URL": "tracker.example"}, "TRACKER_BASE_URL takes"),
        ({"TRACKER_WORKERS": "many"}, "TRACKER_WORKERS takes a whole number"),
        ({"TRACKER_SECRET_KEY": "short"}, "at least 32 characters"),
        ({"TRACKER_SECRET_KEY_FILE": "/no/such/file"}, "TRACKER_SECRET_KEY_FILE can't be read"),
        ({"TRACKER_LOCALES": "tlh"}, "there is no catalogue for it"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, setting: dict[str, str], told: str) -> None:
    result = here({"TRACKER_DATA_DIR": str(tmp_path)} | setting, "doctor")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert told in result.output
    assert len(result.output.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["doctor"],
        ["compare", "--jurisdictions", "US-TX"],
        ["load", "demo"],
        ["load", "reference"],
        ["account", "reset", "--demo"],
        ["serve"],
    ],
)
@pytest.mark.parametrize("content", [b"", b"this is no database " * 500], ids=["empty", "broken"])
def test_a_database_that_is_none_is_told(tmp_path: Path, content: bytes, arguments: list[str]) -> None:
    (tmp_path / "tracker.sqlite3").write_bytes(content)
    result = here({"TRACKER_DATA_DIR": str(tmp_path)}, *arguments)
    assert result.exit_code == 1
    assert re.search(r"tracker migrate|not a database|schema missing", result.output)
    assert "Traceback" not in result.output
    assert (tmp_path / "tracker.sqlite3").read_bytes() == content or not content


async def test_doctor_finds_what_is_broken(own_world: World, tmp_path: Path) -> None:
    variables = settings_of(own_world, tmp_path)
    if own_world.name == "sqlite":
        async with own_world.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection
            await raw.driver_connection.execute("PRAGMA foreign_keys = OFF")
            await raw.driver_connection.execute("DELETE FROM framework_item WHERE key = 'HTCC-UC'")
            await raw.driver_connection.commit()
    else:
        # To run the service as the owner would put it above row-level security.
        variables["TRACKER_DATABASE_URL"] = own_world.owner_url.replace("tracker_owner@", "postgres@")
    await own_world.dispose()
    done = process(variables, "doctor")
    assert done.returncode == 1
    assert b"WRONG" in done.stdout
    assert b"Traceback" not in done.stderr


async def test_accounts_are_added_and_reset_and_can_sign_in(
    own_world: World, settings: Settings, tmp_path: Path
) -> None:
    variables = settings_of(own_world, tmp_path)
    made = process(
        variables, "account", "organisation", "--key", "ministry-ken", "--name", "Ministry", "--kind", "ministry",
        "--steward", "KEN", "--assessor", "US-TX",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr.decode()
    assert b"steward of KEN, assessor of US-TX" in made.stdout
    flags = ["--name", "A. Member", "--organisation", "ministry-ken"]
    added = process(variables, "account", "add", "--email", "New@Member.example", *flags, "--role", "admin")
    assert added.returncode == 0, added.stderr.decode()
    (first,) = PASSWORD.findall(added.stdout.decode())
    again = process(variables, "account", "add", "--email", "new@member.example", *flags, "--role", "viewer")
    assert not PASSWORD.findall(again.stdout.decode()), "an account that exists keeps its password"
    reset = process(variables, "account", "reset", "new@member.example")
    (second,) = PASSWORD.findall(reset.stdout.decode())
    assert first != second

    async with visitor(create_app(settings, Database(own_world.engine)), settings) as person:
        for password, status in ((first, 422), (second, 303)):
            answer = await person.submit("/en/sign-in", {"email": "new@member.example", "password": password})
            assert answer.status_code == status
        page = await person.get("/en/o/ministry-ken")
        assert "Your role: Viewer" in page.text
        assert (await person.get("/en/o/ministry-ken/jurisdictions/KEN")).status_code == 200
        assert (await person.get("/en/o/ministry-ken/jurisdictions/US-TX")).status_code == 200


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)  # 33 passwords are hashed at their full cost
async def test_the_demo_accounts_are_printed_once_and_reset_together(
    own_world: World, tmp_path: Path
) -> None:
    variables = settings_of(own_world, tmp_path)
    loaded = process(variables, "load", "demo")
    assert loaded.returncode == 0
    assert b"the demo world is there already" in loaded.stdout
    assert not PASSWORD.findall(loaded.stdout.decode())
    reset = process(variables, "account", "reset", "--demo").stdout.decode()
    passwords = PASSWORD.findall(reset)
    assert len(passwords) == len(set(passwords)) == 34
    assert not set(passwords) & set(own_world.passwords.values())
