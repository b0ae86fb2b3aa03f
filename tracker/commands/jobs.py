"""`tracker jobs`: what is done in the background, by a command instead of the server."""

import click

from tracker.commands.common import with_database
from tracker.db.session import Database
from tracker.settings import Settings


@click.command("jobs")
@click.option("--forever", is_flag=True, help="Keep on working until interrupted.")
def jobs_command(forever: bool) -> None:
    """Do the jobs that wait, and what is due once a day, until nothing is left. For cron, or --forever."""
    from tracker.editions.work import DAILY, HANDLERS
    from tracker.jobs.runner import Runner

    async def work(database: Database, settings: Settings) -> int:
        runner = Runner(database, settings, HANDLERS, DAILY)
        if forever:
            await runner.forever()
        return await runner.until_empty()

    click.echo(f"{with_database(work)} jobs taken")
