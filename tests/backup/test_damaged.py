"""Archives that are damaged, or made by somebody who wishes us ill: refused in plain words, with nothing changed."""

import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from tests.backup.archives import Contents, backed_up, contents, inhabit, restored, rewritten, settings_of
from tests.worlds import NAMES, World, Worlds
from tracker.backup.archive import MANIFEST, Damaged, written
from tracker.backup.swap import swapping
from tracker.kit.errors import Refused
from tracker.settings import Settings

Files = dict[str, bytes]


@dataclass(frozen=True)
class Home:
    """An installation to which nothing may happen, and an archive of it."""

    world: World
    settings: Settings
    archive: Path
    contents: Contents


@pytest.fixture(scope="module")
async def archive(anyio_backend: str, worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good one, made on SQLite."""
    folder = tmp_path_factory.mktemp("good")
    async with worlds.copy("sqlite") as world:
        settings = settings_of(world, folder)
        await inhabit(world, settings)
        await backed_up(settings, folder / "good.backup")
    return folder / "good.backup"


@pytest.fixture(scope="module", params=NAMES)
async def home(
    anyio_backend: str,
    worlds: Worlds,
    archive: Path,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Home]:
    folder = tmp_path_factory.mktemp("home")
    async with worlds.copy(request.param) as world:
        settings = settings_of(world, folder)
        (settings.data_dir / "releases" / "7").mkdir(parents=True)
        (settings.data_dir / "releases" / "7" / "mine.csv").write_bytes(b"mine")
        yield Home(world, settings, archive, await contents(world, settings))


def _manifest(content: Files, **changes: object) -> None:
    content[MANIFEST] = msgspec.json.encode(msgspec.json.decode(content[MANIFEST]) | changes)


def _flip(content: Files) -> None:
    name = next(n for n in content if n.startswith("attachments/"))
    content[name] = content[name][:-1] + bytes([content[name][-1] ^ 1])


def _climb(content: Files) -> None:
    content["../../climbed"] = b"I am out"


def _climb_within(content: Files) -> None:
    content["releases/1/../../../climbed"] = b"I am out"


def _absolute(content: Files) -> None:
    content["/climbed"] = b"I am out"


def _bomb(content: Files) -> None:
    content["releases/1/adoption.csv"] = b"0" * 30_000_000


def _other_attachment(content: Files) -> None:
    content["attachments/" + "a" * 64] = b"not what the name says"


def _no_format(content: Files) -> None:
    _manifest(content, format=99)


def _unknown_schema(content: Files) -> None:
    _manifest(content, schema="9999")


def _no_manifest(content: Files) -> None:
    del content[MANIFEST]


def _wrong_manifest(content: Files) -> None:
    _manifest(content, surprise=True)


def _no_json(content: Files) -> None:
    content[MANIFEST] = b"[" * 100_000


def _extra(content: Files) -> None:
    content["releases/1/extra.csv"] = b"not in the manifest"


def _lacking(content: Files) -> None:
    del content["tables/audit_event.jsonl"]


def _row_gone(content: Files) -> None:
    """A row that others refer to."""
    content["tables/organisation.jsonl"] = content["tables/organisation.jsonl"].partition(b"\n")[2]


def _row_twice(content: Files) -> None:
    first = content["tables/audit_event.jsonl"].partition(b"\n")[0]
    content["tables/audit_event.jsonl"] += first + b"\n"


def _row_short(content: Files) -> None:
    content["tables/mandate.jsonl"] += b"[1,2]\n"


def _row_strange(content: Files) -> None:
    content["tables/mandate.jsonl"] += b'{"drop":"table"}\n'


def _foreign_table(content: Files) -> None:
    manifest = msgspec.json.decode(content[MANIFEST])
    manifest["tables"].append(
        {"name": "alembic_version", "columns": [["version_num", "text"]], "private": False}
    )
    manifest["rows"]["alembic_version"] = 1
    content["tables/alembic_version.jsonl"] = b'["9999"]\n'
    content[MANIFEST] = msgspec.json.encode(manifest)


# What was done, whether the manifest was made to agree with it, and what is said.
EVIL: list[tuple[Callable[[Files], None], bool, str]] = [
    (_flip, False, "is not what its hash says"),
    (_flip, True, "no back-up has"),
    (_climb, True, "no back-up has"),
    (_climb_within, True, "no back-up has"),
    (_absolute, True, "no back-up has"),
    (_climb, False, "other files than its manifest"),
    (_bomb, True, "unpacks to far more"),
    (_other_attachment, True, "no back-up has"),
    (_no_format, False, "another format"),
    (_unknown_schema, False, "newer one"),
    (_no_manifest, False, "no back-up"),
    (_wrong_manifest, False, "no back-up"),
    (_no_json, False, "no back-up"),
    (_extra, False, "other files than its manifest"),
    (_lacking, True, "other files than its manifest"),
]
# These pass every hash, so that they are found out only while the tables are filled.
EVIL_ROWS: list[tuple[Callable[[Files], None], str]] = [
    (_row_gone, "can't be restored"),
    (_row_twice, "can't be restored"),
    (_row_short, "row 1[0-9]* of mandate"),
    (_row_strange, "row 1[0-9]* of mandate"),
    (_foreign_table, "not those of its schema: 'alembic_version'"),
]


async def _refused(home: Home, path: Path, said: str) -> None:
    with pytest.raises(Refused, match=said):
        await restored(home.settings, path, force=True)
    assert await contents(home.world, home.settings) == home.contents
    await home.world.engine.dispose()
    assert sorted(p.name for p in home.settings.data_dir.iterdir()) == ["releases"]
    assert not list(home.settings.data_dir.parent.rglob("climbed"))


@pytest.mark.parametrize(("change", "honest", "said"), EVIL, ids=lambda v: getattr(v, "__name__", None))
async def test_a_damaged_or_hostile_archive_is_refused(
    home: Home, tmp_path: Path, change: Callable[[Files], None], honest: bool, said: str
) -> None:
    await home.world.engine.dispose()
    await _refused(home, rewritten(home.archive, tmp_path / "evil", change, honest=honest), said)


@pytest.mark.parametrize(("change", "said"), EVIL_ROWS, ids=lambda v: getattr(v, "__name__", None))
async def test_rows_that_do_not_fit_are_refused(
    home: Home, tmp_path: Path, change: Callable[[Files], None], said: str
) -> None:
    def counted(content: Files) -> None:
        change(content)
        rows = {
            name.removeprefix("tables/").removesuffix(".jsonl"): body.count(b"\n")
            for name, body in content.items()
            if name.startswith("tables/")
        }
        _manifest(content, rows=rows)

    await home.world.engine.dispose()
    await _refused(home, rewritten(home.archive, tmp_path / "evil", counted, honest=True), said)


async def test_half_an_archive_and_none_at_all(home: Home, tmp_path: Path) -> None:
    await home.world.engine.dispose()
    whole = home.archive.read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    await _refused(home, tmp_path / "half", "damaged")
    (tmp_path / "torn").write_bytes(whole[:5000] + b"\0" * 400 + whole[5400:])
    await _refused(home, tmp_path / "torn", "damaged|other files|no back-up")
    (tmp_path / "text").write_bytes(b"not a zip")
    await _refused(home, tmp_path / "text", "no back-up")
    await _refused(home, tmp_path / "absent", "There is no file")
    await _refused(home, tmp_path, "no back-up")


async def test_a_file_that_claims_to_be_smaller_than_it_is(home: Home, tmp_path: Path) -> None:
    """The listing lies about a size, and the manifest with it: what is beyond it is not unpacked."""
    await home.world.engine.dispose()
    evil = rewritten(home.archive, tmp_path / "evil", _bomb)
    with zipfile.ZipFile(evil) as archive:
        entry = archive.getinfo("releases/1/adoption.csv")
        true = entry.file_size.to_bytes(4, "little")
        listed = msgspec.json.decode(archive.read(MANIFEST))["files"][entry.filename]["size"]
    evil.write_bytes(evil.read_bytes().replace(true, listed.to_bytes(4, "little")))
    await _refused(home, evil, "damaged")


def _put_and_fail(folder: Path) -> None:
    with swapping() as swap:
        swap.put(folder / "made", folder / "place")
        assert (folder / "place" / "new").exists()
        raise Damaged("the last step failed")


def test_a_failed_swap_puts_everything_back(tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "old").write_bytes(b"old")
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "new").write_bytes(b"new")
    with pytest.raises(Damaged):
        _put_and_fail(tmp_path)
    assert (tmp_path / "place" / "old").read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["made", "place"]


@pytest.mark.parametrize("how", ["a file", "a link"])
def test_what_somebody_put_in_its_way_gets_nothing_of_it(tmp_path: Path, how: str) -> None:
    """In a folder where others write too: a file of theirs, that they may read, under the name of the unfinished one."""
    out, theirs = tmp_path / "back-up.zip", tmp_path / "theirs"
    theirs.write_bytes(b"")
    trap = tmp_path / ".back-up.zip.partial"
    if how == "a link":
        trap.symlink_to(theirs)
    else:
        trap.hardlink_to(theirs)
        theirs.chmod(0o666)
    with written(out) as writer:
        writer.add("tables/user_account.jsonl", [b'["a hash"]\n'])
    assert theirs.read_bytes() == b""
    assert (out.stat().st_mode & 0o777, out.stat().st_nlink) == (0o600, 1)
    assert not [p for p in tmp_path.iterdir() if p not in (out, theirs, trap)]


def test_two_at_once_do_not_write_into_each_other(tmp_path: Path) -> None:
    out = tmp_path / "back-up.zip"

    def write_while_another_does() -> None:
        with written(out) as first:
            first.add("tables/one.jsonl", [b"1\n"])
            with written(out) as second:
                second.add("tables/two.jsonl", [b"2\n"])

    with pytest.raises(Refused):
        write_while_another_does()
    with zipfile.ZipFile(out) as archive:
        assert (archive.namelist(), archive.testzip()) == (["tables/two.jsonl"], None)
