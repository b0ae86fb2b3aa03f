"""`tracker framework`: import and export."""

from pathlib import Path

import click

from tracker.audit.models import SERVICE
from tracker.commands.common import with_database, write
from tracker.db.session import Bound, Database
from tracker.frameworks import files as framework_files
from tracker.frameworks import queries as frameworks
from tracker.frameworks import service as framework_service
from tracker.frameworks.plan import Plan
from tracker.frameworks.tree import Fault, Unreadable
from tracker.settings import Settings

MOST_STEPS = 200  # named one by one; a file has the rest


@click.group()
def framework() -> None:
    """Import and export frameworks."""


@framework.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format", "kind", type=click.Choice(framework_files.IMPORTS), help="By the file's name if absent."
)
@click.option(
    "--as-version", default="", help="Take the file in as this version, whatever version it states."
)
@click.option(
    "--licence", default="", help="Of the framework, for a file that states none, as CASE often does."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def framework_import(file: Path, kind: str | None, as_version: str, licence: str, dry_run: bool) -> None:
    """Import a framework from CSV, XLSX or CASE JSON: all of it or nothing. Importing it again changes nothing."""
    kind = kind or framework_files.format_of(file.name)
    if not kind:
        raise click.UsageError("say what it is: --format csv, xlsx or case")
    try:
        framework_files.check_size(file.stat().st_size)
        read = framework_files.read(file.read_bytes(), kind).given(version=as_version, licence=licence)
    except Unreadable as error:
        _print_faults(error.faults)

    async def work(database: Database, _: Settings) -> Plan:
        async with database.write(Bound(tenant=SERVICE)) as db:
            if dry_run:
                return await framework_service.plan_import(db, read)
            return await framework_service.import_framework(db, read, tenant=SERVICE, actor=None)

    plan = with_database(work)
    if plan.frozen:
        click.echo(plan.frozen, err=True)
    if plan.new_version and not plan.head.get("licence"):
        click.echo("the file states no licence: give it with --licence", err=True)
    _print_faults(plan.faults)
    for note in plan.notes:
        click.echo(note)
    if plan.since:
        click.echo(f"compared with version {plan.since}:")
    for step in plan.steps[:MOST_STEPS]:
        click.echo(step.line)
    if len(plan.steps) > MOST_STEPS:
        click.echo(f"… and {len(plan.steps) - MOST_STEPS} more")
    would = "would be " if dry_run else ""
    click.echo(
        f"{plan.name}: {len(plan.new)} items {would}added, {len(plan.changed)} {would}changed, {plan.same} as they were"
    )


def _print_faults(faults: tuple[Fault, ...]) -> None:
    """Each fault on a line, then the end: nothing was stored. Nothing happens where there is none."""
    for fault in faults[:100]:
        click.echo(str(fault), err=True)
    if faults:
        raise click.ClickException(f"{len(faults)} fault{'s' if len(faults) > 1 else ''}; nothing was stored")


@framework.command("export")
@click.argument("key")
@click.option(
    "--format", "kind", type=click.Choice(framework_files.EXPORTS), default="csv", show_default=True
)
@click.option("--out", type=click.Path(dir_okay=False), required=True, help="The file to write.")
def framework_export(key: str, kind: str, out: str) -> None:
    """Export a framework (key or key@version) as CSV, XLSX, CASE JSON or SKOS (Turtle, or JSON-LD)."""

    async def work(database: Database, settings: Settings) -> bytes:
        async with database.read() as db:
            found = await frameworks.framework(db, key)
            if found is None:
                raise click.ClickException(f"there is no framework {key}")
            lineage = await frameworks.told_lineage(db, found)
        return framework_files.write(found, kind, settings.base_url, lineage)

    write(out, with_database(work))
    click.echo(f"wrote {out}")
