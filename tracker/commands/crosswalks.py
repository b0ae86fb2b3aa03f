"""`tracker crosswalk`: import and export."""

from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from tracker.access.actor import OrganisationActor
from tracker.access.permissions import Role
from tracker.audit.models import SERVICE
from tracker.commands.common import with_database, write
from tracker.crosswalk_files import formats, queries
from tracker.crosswalk_files.looking import Taken, take
from tracker.crosswalks import queries as crosswalks
from tracker.db.session import Bound, Database
from tracker.frameworks.tree import Unreadable
from tracker.kit.vocabulary import OrganisationKind
from tracker.settings import Settings

MOST_FAULTS = 100


@click.group()
def crosswalk() -> None:
    """Import and export crosswalks."""


@crosswalk.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "kind", type=click.Choice(formats.FORMATS), help="By the file's name if absent.")
@click.option("--key", default="", help="Take the file in under this key, whatever key it states.")
@click.option("--version", default="", help="Take the file in as this version, whatever version it states.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def crosswalk_import(file: Path, kind: str | None, key: str, version: str, dry_run: bool) -> None:
    """Import mappings into drafts: all of the file or nothing. Importing it again changes nothing."""
    kind = kind or formats.format_of(file.name)
    if not kind:
        raise click.UsageError("say what it is: --format sssom, --format csv or --format xlsx")
    actor = OrganisationActor(
        None, SERVICE, "service", "service", OrganisationKind.OPERATOR, False, Role.OPERATOR
    )

    try:
        formats.check_size(file.stat().st_size)
    except Unreadable as refusal:
        _refuse(refusal)
    data = file.read_bytes()

    async def work(database: Database, _: Settings) -> Taken:
        say = partial(click.echo, err=True)
        bound = Bound(tenant=SERVICE)
        try:
            return await take(
                database, bound, actor, data, kind, really=not dry_run, key=key, version=version, say=say
            )
        except Unreadable as refusal:
            _refuse(refusal)

    taken = with_database(work)
    for note in taken.notes:
        click.echo(note)
    would = "would be " if dry_run else ""
    for report in taken.reports:
        begun = {"new": f" ({would}a new draft)", "copy": f" ({would}a new version)"}.get(report.begun, "")
        plan = report.plan
        click.echo(
            f"{report.name}{begun}: {len(plan.added)} {would}added, {len(plan.changed)} {would}changed, "
            f"{len(plan.removed)} {would}removed, {plan.same} as they were"
        )


def _refuse(refusal: Unreadable) -> NoReturn:
    for fault in refusal.faults[:MOST_FAULTS]:
        click.echo(str(fault), err=True)
    raise click.ClickException(
        f"{len(refusal.faults)} fault{'s' if len(refusal.faults) > 1 else ''}; nothing was stored"
    )


@crosswalk.command("export")
@click.argument("key")
@click.option("--format", "kind", type=click.Choice(formats.FORMATS), default="sssom", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False), required=True, help="The file to write.")
def crosswalk_export(key: str, kind: str, out: str) -> None:
    """Export a crosswalk (key or key@version) as SSSOM TSV, CSV or XLSX."""

    async def work(database: Database, settings: Settings) -> bytes:
        async with database.read() as db:
            line = await crosswalks.crosswalk(db, key)
            found = await queries.stored(db, line.id) if line else None
            if found is None:
                raise click.ClickException(f"there is no crosswalk {key}")
            labels = await queries.labels(db, found.content.source, found.content.target)
        return formats.write(found.content, kind, labels, settings.base_url)

    write(out, with_database(work))
    click.echo(f"wrote {out}")
