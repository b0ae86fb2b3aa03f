"""`tracker entries`: an organisation's entries as a spreadsheet, and back as drafts."""

from functools import partial
from pathlib import Path

import click

from tracker.commands.common import replaced, with_database
from tracker.compare.query import DEFAULT_FRAMEWORK
from tracker.db.session import Database
from tracker.exchange import command as exchange
from tracker.settings import Settings


@click.group()
def entries() -> None:
    """An organisation's entries as a spreadsheet, and back as drafts."""


@entries.command("export")
@click.option("--organisation", "key", required=True, help="The key of the organisation.")
@click.option("--jurisdiction", help="The code of one; all that it may speak of and speaks of if absent.")
@click.option("--framework", default=DEFAULT_FRAMEWORK, show_default=True, help="key or key@version.")
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx"]), default="csv", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False), required=True, help="The file to write.")
def entries_export(key: str, jurisdiction: str | None, framework: str, kind: str, out: str) -> None:
    """Write the grid: a row for each item and domain, with what the draft says, else what is published."""

    async def work(database: Database, _: Settings) -> int:
        with replaced(out) as file:
            return await exchange.export(
                database, key, file, jurisdiction=jurisdiction, framework=framework, workbook=kind == "xlsx"
            )

    click.echo(f"wrote {out}: {with_database(work)} rows")


@entries.command("import")
@click.option("--organisation", "key", required=True, help="The key of the organisation.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def entries_import(key: str, dry_run: bool, file: Path) -> None:
    """Save the rows of a CSV or XLSX as drafts, all of them or none; a row with both axes blank is left alone."""
    say = partial(click.echo, err=True)
    click.echo(
        with_database(lambda database, _: exchange.import_(database, key, file, dry_run=dry_run, say=say))
    )
