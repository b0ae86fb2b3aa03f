"""`tracker compare` and `tracker briefing`: what the pages of the same query serve."""

import sys
from dataclasses import replace
from datetime import datetime

import click

from tracker.commands.common import comparison_options, query_of, with_database, write
from tracker.compare.files import long_csv
from tracker.compare.json_file import comparison_json
from tracker.compare.queries import compare
from tracker.compare.workbook import comparison_xlsx
from tracker.crosswalks import through_files
from tracker.crosswalks.lens_queries import reading_of
from tracker.db.session import Database
from tracker.settings import Settings


@click.command("compare")
@comparison_options
@click.option(
    "--format", "kind", type=click.Choice(["csv", "json", "xlsx"]), default="csv", show_default=True
)
@click.option("--out", type=click.Path(dir_okay=False), help="A file instead of the screen.")
def compare_command(kind: str, out: str | None, **parameters: str) -> None:
    """Compare jurisdictions: the files of the compare page's query."""

    async def work(database: Database, settings: Settings) -> bytes:
        query = query_of(parameters)
        async with database.read() as db:
            if query.through:
                found = await reading_of(db, replace(query, axis="both"))
                return through_files.write(found, query, kind, settings.base_url)
            comparison = await compare(db, query)
        if kind == "json":
            return comparison_json(comparison, settings.base_url)
        if kind == "xlsx":
            return comparison_xlsx(comparison, settings.base_url)
        return long_csv(comparison, settings.base_url).encode()

    content = with_database(work)
    if out:
        write(out, content)
    else:
        sys.stdout.buffer.write(content)


@click.command("briefing")
@comparison_options
@click.option("--out", type=click.Path(dir_okay=False), required=True, help="The file to write.")
@click.option(
    "--format", "kind", type=click.Choice(["pdf", "docx", "json", "zip"]), default="pdf", show_default=True
)
@click.option("--page-size", type=click.Choice(["A4", "Letter"]), default="A4", show_default=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Tell what has changed since this day.")
def briefing_command(out: str, kind: str, page_size: str, since: datetime | None, **parameters: str) -> None:
    """Write the briefing of a comparison; the same state of the record gives the same bytes."""
    from tracker.briefings.compose import compose
    from tracker.briefings.options import Options
    from tracker.briefings.queries import gather
    from tracker.briefings.twins.kinds import Composed, make

    async def work(database: Database, settings: Settings) -> bytes:
        query, options = query_of(parameters), Options(since=since.date() if since else None)
        async with database.read() as db:
            found = await reading_of(db, query) if query.through else None
            comparison = found.comparison if found else await compare(db, query)
            beside = await gather(db, comparison, options)
        base_url, locale = settings.base_url, settings.locales[0]
        document = compose(
            comparison,
            found,
            base_url=base_url,
            locale=locale,
            service_name=settings.service_name,
            options=options,
            beside=beside,
        )
        return make(kind, Composed(comparison, document, options, base_url, locale, page_size))

    write(out, with_database(work))
    click.echo(f"wrote {out}")
