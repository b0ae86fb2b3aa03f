"""`tracker mail`: what waits for members, by e-mail."""

import click

from tracker.commands.common import with_database
from tracker.db.session import Database
from tracker.settings import Settings


@click.group("mail")
def mail() -> None:
    """E-mail to members, where the operator has named a mail server."""


@mail.command("send")
def mail_send() -> None:
    """Make the digests that are due, at most one a day for each member, and send what waits. For cron, hourly."""
    from tracker.mail.send_service import NoMail, Outcome, run

    async def work(database: Database, settings: Settings) -> Outcome:
        return await run(database, settings)

    try:
        done = with_database(work)
    except NoMail as error:
        raise click.ClickException("no mail server is named: set TRACKER_SMTP_HOST") from error
    click.echo(
        f"{done.made} digests made, {done.sent} sent, {done.later} to be tried again, {done.failed} failed"
    )
    if done.later or done.failed:
        raise click.exceptions.Exit(1)
