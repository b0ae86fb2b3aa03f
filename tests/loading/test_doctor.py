"""`tracker doctor` finds each thing that is not well, and changes nothing."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.backup.archives import settings_of
from tests.mail.postbox import open_postbox
from tests.services.ports import free_port
from tests.worlds import ON_SQLITE, World
from tracker.db.session import Database
from tracker.kit import clock
from tracker.loading import doctor, machine
from tracker.settings import Settings


@pytest.fixture
def here(own_world: World, tmp_path: Path) -> Settings:
    made = settings_of(own_world, tmp_path)
    made.data_dir.mkdir(mode=0o700)
    return made


async def wrong(world: World, settings: Settings) -> list[str]:
    return [text for good, text in await doctor.examine(Database(world.engine), settings) if not good]


async def test_a_whole_installation_is_well(own_world: World, here: Settings) -> None:
    assert await wrong(own_world, here) == []


async def test_a_missing_guard_is_named(own_world: World, here: Settings) -> None:
    off = {
        "sqlite": "DROP TRIGGER published_revision_no_delete",
        "postgresql": "ALTER TABLE published_revision DISABLE TRIGGER published_revision_no_change",
    }
    async with own_world.owner.begin() as connection:
        await connection.execute(sa.text(off[own_world.name]))
    (fault,) = await wrong(own_world, here)
    assert "1 guards of the record are missing, such as published_revision_no_" in fault


async def test_missing_row_level_security_is_named(own_world: World, here: Settings) -> None:
    if own_world.name == "sqlite":
        return
    async with own_world.owner.begin() as connection:
        await connection.execute(sa.text("ALTER TABLE draft DISABLE ROW LEVEL SECURITY"))
    (fault,) = await wrong(own_world, here)
    assert "row-level security of draft" in fault


async def test_old_packs_and_a_clock_that_is_behind(own_world: World, here: Settings) -> None:
    async with own_world.owner.begin() as connection:
        await connection.execute(sa.text("UPDATE packed_head SET format = 0"))
    (fault,) = await wrong(own_world, here)
    assert "run tracker migrate" in fault
    with clock.at(clock.now() - timedelta(days=4000)):
        assert any("clock says" in fault for fault in await wrong(own_world, here))


@ON_SQLITE
async def test_files_that_others_read(own_world: World, here: Settings) -> None:
    secret = here.data_dir / "secret-key"
    secret.write_text("a secret", encoding="ascii")
    secret.chmod(0o644)
    assert await wrong(own_world, here) == []  # the folder keeps them out
    here.data_dir.chmod(0o755)
    (fault,) = await wrong(own_world, here)
    assert fault == f"everybody on this machine can read {secret}: chmod o-rwx"


def test_a_mail_server_that_is_away_or_offers_no_starttls(here: Settings) -> None:
    with open_postbox() as box:
        assert machine.examine(replace(here, smtp=box.smtp))[-1] == (True, "the mail server answers")
        bare = machine.examine(replace(here, smtp=replace(box.smtp, security="starttls")))[-1]
        assert bare == (False, "the mail server answers, and offers no STARTTLS")
        smtp = box.smtp
    away = machine.examine(replace(here, smtp=replace(smtp, port=free_port())))[-1]
    assert away == (False, "the mail server does not answer: ConnectionRefusedError")


def test_a_full_disk_and_a_lost_font(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST_ROOM", 10**18)
    (fault,) = [text for good, text in machine.examine(here) if not good]
    assert fault.endswith("of the data folder")
    monkeypatch.undo()
    monkeypatch.setattr(machine.fonts, "FACES", ("NotoSans-Lost",))
    assert [t for good, t in machine.examine(here) if not good] == [
        "the font NotoSans-Lost of briefings can't be read: TTFError"
    ]


def test_no_data_folder(settings: Settings, tmp_path: Path) -> None:
    gone = replace(settings, data_dir=tmp_path / "gone" / "data")
    assert [t for good, t in machine.examine(gone) if not good] == [
        f"there is no data folder {gone.data_dir}"
    ]
