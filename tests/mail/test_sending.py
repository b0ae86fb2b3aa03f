"""Sending: tried again with patience, given up in the end, never sent twice, and told to the admin and the operator."""

import asyncio
import logging
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlmodel import col

from tests import personas
from tests.mail.postbox import Postbox, text
from tests.personas import TEAMMATE, Visitor
from tests.services.ports import free_port
from tests.worlds import World
from tracker.cli import main
from tracker.db.session import Database
from tracker.kit import clock
from tracker.kit.beside import beside
from tracker.loading import doctor
from tracker.mail import runner
from tracker.mail.delivery import AFTER
from tracker.mail.models import MailDigest, MailState
from tracker.mail.send_service import NoMail, Outcome, run
from tracker.settings import Settings

START = datetime(2026, 11, 23, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def send(database: Database, settings: Settings, when: datetime) -> Outcome:
    with clock.at(when):
        return await run(database, settings)


async def of_teammate(database: Database) -> MailDigest:
    who = await personas.actor(database, TEAMMATE)
    async with database.read(personas.bound(who)) as db:
        mine = sa.select(MailDigest).where(col(MailDigest.recipient_id) == who.user_id)
        return (await db.execute(mine)).scalar_one()


async def test_without_a_server_nothing_is_made(database: Database, settings: Settings) -> None:
    assert settings.smtp is None
    with pytest.raises(NoMail):
        await run(database, settings)


async def test_a_server_that_is_away_is_tried_again_and_then_given_up(
    database: Database, mailing: Settings
) -> None:
    assert mailing.smtp
    away = replace(mailing, smtp=replace(mailing.smtp, port=free_port()))
    when = START
    for number, wait in enumerate(AFTER, start=1):
        done = await send(database, away, when)
        assert done.later > 0
        assert (done.sent, done.failed) == (0, 0)
        digest = await of_teammate(database)
        assert (digest.state, digest.attempts, digest.next_at) == (MailState.QUEUED, number, when + wait)
        assert (await send(database, away, when + wait - timedelta(seconds=1))).later == 0
        when += wait
    assert (await send(database, away, when)).failed > 0
    digest = await of_teammate(database)
    assert (digest.state, digest.fault) == (MailState.FAILED, "ConnectionRefusedError")
    assert (await send(database, mailing, when + HOUR)).sent == 0, "what was given up stays so"
    with clock.at(when):
        async with Database(database._bind).read() as _db:
            findings = await doctor._mail(database, away)
        assert (findings[1][0], "not sent in 30 days" in findings[1][1]) == (False, True)


async def test_a_server_that_comes_back_gets_it_once(
    database: Database, mailing: Settings, postbox: Postbox
) -> None:
    postbox.refusals["*"] = "451 try again later"
    assert (await send(database, mailing, START)).sent == 0
    assert (await of_teammate(database)).fault == "SMTPRecipientsRefused 451"
    postbox.refusals.clear()
    assert (await send(database, mailing, START + AFTER[0])).sent > 5
    assert (await send(database, mailing, START + AFTER[0])).sent == 0
    assert len(postbox.to(TEAMMATE.email)) == 1


async def test_an_address_that_is_refused_for_good_is_told_to_the_admin(
    database: Database,
    mailing: Settings,
    postbox: Postbox,
    admin: Visitor,
    teammate: Visitor,
    outsider: Visitor,
) -> None:
    postbox.refusals[TEAMMATE.email] = f"550 no such user {TEAMMATE.email}"
    done = await send(database, mailing, clock.now())
    assert done.failed == 1
    assert done.sent > 5
    page = await admin.get("/en/o/health-xaa/mail")
    assert page.status_code == 200
    assert "The mail server does not take this address (550)" in page.text
    assert TEAMMATE.email not in page.text, "the server's words are not repeated"
    assert "1 message could not be sent" in page.text
    assert "/en/o/health-xaa/mail" in (await admin.get("/en/o/health-xaa")).text
    assert (await teammate.get("/en/o/health-xaa/mail")).status_code == 403
    assert (await outsider.get("/en/o/health-xaa/mail")).status_code == 404
    findings = await doctor._mail(database, mailing)
    (wrong,) = [told for good, told in findings if not good]
    assert "health-xaa: 1 not sent" in wrong
    assert TEAMMATE.email not in wrong


async def test_who_was_interrupted_does_not_send_again(
    database: Database, mailing: Settings, postbox: Postbox
) -> None:
    """Whether the mail left is not known; better none than two."""
    postbox.refusals["*"] = "451 try again later"
    await send(database, mailing, START)
    who = await personas.actor(database, TEAMMATE)
    async with database.write(personas.bound(who)) as db:
        await db.execute(sa.update(MailDigest).values(state=MailState.SENDING, next_at=START))
    postbox.refusals.clear()
    await send(database, mailing, START + timedelta(minutes=59))
    assert (await of_teammate(database)).state is MailState.SENDING
    await send(database, mailing, START + HOUR)
    digest = await of_teammate(database)
    assert (digest.state, digest.fault) == (MailState.FAILED, "interrupted")
    assert postbox.to(TEAMMATE.email) == []


async def test_two_workers_send_each_digest_once(
    own_world: World, mailing: Settings, postbox: Postbox
) -> None:
    with clock.at(START):
        done = await asyncio.gather(*(run(Database(own_world.engine), mailing) for _worker in range(2)))
    arrived = Counter(recipients[0] for recipients, _message in postbox.arrived)
    assert len(arrived) > 5
    assert set(arrived.values()) == {1}
    assert sum(d.made for d in done) == sum(d.sent for d in done) == len(arrived)


async def test_the_command(
    own_world: World, mailing: Settings, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", own_world.url)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(mailing.data_dir))
    await own_world.engine.dispose()

    async def command() -> tuple[int, str]:
        ran = await asyncio.to_thread(CliRunner().invoke, main, ["mail", "send"])
        return ran.exit_code, ran.output

    assert await command() == (1, "Error: no mail server is named: set TRACKER_SMTP_HOST\n")
    for name, value in (
        ("HOST", "127.0.0.1"),
        ("PORT", str(postbox.port)),
        ("SECURITY", "none"),
        ("FROM", "tracker@secretariat.example"),
    ):
        monkeypatch.setenv(f"TRACKER_SMTP_{name}", value)
    code, told = await command()
    number = len(postbox.arrived)
    assert (code, told) == (0, f"{number} digests made, {number} sent, 0 to be tried again, 0 failed\n")
    assert number > 5
    assert await command() == (0, "0 digests made, 0 sent, 0 to be tried again, 0 failed\n")


async def test_the_server_may_send_by_itself(own_world: World, mailing: Settings, postbox: Postbox) -> None:
    every = replace(mailing, mail_every=1)
    async with asyncio.timeout(60):
        async with beside(runner.forever(every, Database(own_world.engine))):
            while not postbox.to(TEAMMATE.email):  # noqa: ASYNC110 it comes from another thread
                await asyncio.sleep(0.05)
    assert "Entries to review" in text(postbox.to(TEAMMATE.email)[0])


async def test_a_fault_does_not_end_the_runner(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """Without a server to send to `run` raises; the log says so and the next round comes."""
    every = replace(settings, mail_every=1)
    with caplog.at_level(logging.ERROR, "tracker"):
        async with asyncio.timeout(10):
            async with beside(runner.forever(every, Database.__new__(Database))):
                while not caplog.records:  # noqa: ASYNC110 the log wakes nobody
                    await asyncio.sleep(0.01)
    assert "the next try is in 1 minutes" in caplog.text


async def test_starttls_is_asked_for_unless_told_otherwise(
    database: Database, mailing: Settings, postbox: Postbox
) -> None:
    """A server without it gets no mail in the clear."""
    assert mailing.smtp
    safe = replace(mailing, smtp=replace(mailing.smtp, security="starttls"))
    done = await send(database, safe, START)
    assert (done.sent, postbox.arrived) == (0, [])
    assert (await of_teammate(database)).fault == "SMTPNotSupportedError"
