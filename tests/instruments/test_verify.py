"""`tracker verify attachments` finds what is missing or altered; state and store alone."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner

from tests import factories, personas
from tests.factories import PDF
from tests.instruments.test_upload import PNG
from tests.worlds import World
from tracker.cli import main
from tracker.db.session import Database
from tracker.instruments.state import Event, situation
from tracker.instruments.store import Store
from tracker.kit.vocabulary import InstrumentEventKind, InstrumentState, PublishAs

K, S = InstrumentEventKind, InstrumentState


async def test_verify_names_what_is_missing_or_altered(
    own_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(own_world.engine)
    author = await personas.actor(database, personas.OWNER)
    instrument = await factories.instrument(database, author)
    for content, title, as_ in (
        (PDF, "Text", PublishAs.FILE),
        (PNG, "Private scan", PublishAs.NONE),
        (PDF + b"gone", "Annex", PublishAs.HASH),
    ):
        await factories.attached(
            database, author, instrument, tmp_path, content=content, title=title, published_as=as_
        )
    what = factories.content(citations=(replace(factories.CITATION, instrument=instrument),))
    reviewer = await personas.actor(database, personas.TEAMMATE)
    await factories.published(database, author, reviewer, await factories.cell(database), what)
    monkeypatch.setenv("TRACKER_DATABASE_URL", own_world.url)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TRACKER_SECRET_KEY", "k" * 40)

    async def verify() -> tuple[int, str]:
        ran = await asyncio.to_thread(CliRunner().invoke, main, ["verify", "attachments"])
        return ran.exit_code, ran.output

    assert await verify() == (0, "Attachments\n3 attachments compared, 0 of them missing or altered\n")
    files = {name: Store(tmp_path).path(name) for name in Store(tmp_path).names()}
    text = next(p for p in files.values() if p.read_bytes() == PDF)
    annex = next(p for p in files.values() if p.read_bytes() == PDF + b"gone")
    scan = next(p for p in files.values() if p.read_bytes() == PNG)
    text.write_bytes(PDF.replace(b"obj", b"OBJ", 1))
    annex.unlink()
    scan.write_bytes(PNG + b"longer")
    code, output = await verify()
    assert code == 1
    assert f"altered: {text.name} Text (Decree on training in health care)" in output
    assert f"missing: {annex.name} Annex" in output
    assert f"altered: {scan.name}\n" in output
    assert "Private scan" not in output
    assert "3 attachments compared, 3 of them" in output


def test_the_store_keeps_whole_files_under_their_hash(tmp_path: Path) -> None:
    store, digest = Store(tmp_path), "a" * 64
    incoming = tmp_path / "incoming"
    incoming.write_bytes(b"content")
    store.keep(incoming, digest)
    assert (tmp_path / "attachments" / "aa" / digest).read_bytes() == b"content"
    assert not incoming.exists()
    assert store.fault(digest, 7) == "altered"
    assert store.fault("b" * 64, 7) == "missing"
    assert list(store.names()) == [digest]
    store.remove(digest)
    store.remove(digest)
    assert list(store.names()) == []


@pytest.mark.parametrize(
    "name", ["", "../" * 10 + "etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "/" * 64]
)
def test_the_store_takes_hashes_only(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        Store(tmp_path).path(name)
    assert list(tmp_path.iterdir()) == []


def _event(number: int, kind: K, **fields: object) -> Event:
    given = {
        "effective_on": None,
        "by_id": None,
        "by_title": "",
        "note": "",
        "archived_url": "",
        "in_force_until": None,
        "retracts_id": None,
    } | fields
    return Event(
        id=number,
        kind=kind,
        organisation_id=UUID(int=1),
        organisation="An organisation",
        recorded_at=datetime(2026, 1, number, tzinfo=UTC),
        **given,  # type: ignore[arg-type]
    )


def test_a_situation_follows_from_what_stands() -> None:
    start, end = date(2020, 1, 1), date(2030, 12, 31)
    plain = situation(start, end, "", [])
    assert [plain.on(d) for d in (date(2019, 12, 31), start, end, date(2031, 1, 1))] == [
        S.NOT_YET,
        S.IN_FORCE,
        S.IN_FORCE,
        S.ENDED,
    ]
    first = _event(1, K.REPEALED, effective_on=date(2025, 1, 1))
    second = _event(2, K.REPEALED, effective_on=date(2026, 1, 1))
    amended = _event(3, K.AMENDED)
    gone = _event(4, K.RETRACTED, retracts_id=2)
    assert situation(start, end, "", [first, second]).repealed_on == date(2026, 1, 1)
    told = situation(start, end, "", [first, second, amended, gone])
    assert told.repealed_on == date(2025, 1, 1)
    assert told.amendments == (amended,)
    later = situation(
        start, end, "a", [_event(1, K.DETAILS, archived_url="b"), _event(2, K.DETAILS, in_force_until=start)]
    )
    assert (later.archived_url, later.in_force_until) == ("b", start)
    assert situation(None, None, "", []).on(start) is S.IN_FORCE
