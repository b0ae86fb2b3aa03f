"""`tracker release`: a numbered release of all open data."""

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from tracker.audit.models import SERVICE
from tracker.commands.common import with_database
from tracker.db.session import Bound, Database
from tracker.opendata import service, static_site
from tracker.opendata.store import Broken
from tracker.settings import Settings


def _progress(work: list[Any], label: str) -> Iterable[Any]:
    with click.progressbar(work, label=label, file=sys.stderr) as bar:
        yield from bar


@click.command("release")
@click.option(
    "--dry-run", is_flag=True, help="Build and check it, say what would be published, and keep nothing."
)
@click.option("--note", default="", help="A sentence about this release, for its page and its change log.")
@click.option(
    "--force-drop",
    default="",
    metavar="REASON",
    help="Let rows go that nothing explains; kept with the release.",
)
@click.option(
    "--static",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Publish nothing; write the whole public site with all releases as files into this new folder.",
)
def release(dry_run: bool, note: str, force_drop: str, folder: Path | None) -> None:
    """Publish a numbered release of all open data under /data: all of it or nothing."""
    if folder:
        if dry_run or note or force_drop:
            raise click.UsageError("--static publishes nothing, so it goes with no other flag")
        _static(folder)
        return

    async def work(database: Database, settings: Settings) -> service.Made:
        if dry_run:
            async with database.read() as db:
                return await service.make(db, settings, note=note, force_drop=force_drop, progress=_progress)
        async with database.write(Bound(tenant=SERVICE)) as db:
            made = await service.make(db, settings, note=note, force_drop=force_drop, progress=_progress)
            if not made.faults and not (made.unchanged and not made.about.note):
                await service.publish(db, settings, made, tenant=SERVICE)
            return made

    try:
        made = with_database(work)
    except Broken as broken:
        raise click.ClickException(str(broken)) from broken
    _tell(made, dry_run)


def _static(folder: Path) -> None:
    async def work(database: Database, settings: Settings) -> int:
        # By name, as the server does it: the application stands above the commands.
        app = importlib.import_module("tracker.app").create_app(settings, database)
        renderer = app.litestar.state.renderer
        done = 0

        def tell(_path: str) -> None:
            nonlocal done
            done += 1
            if done % 100 == 0:
                click.echo(f"{done} pages and files", err=True)

        return await static_site.export(app, database, settings, renderer, folder, tell)

    try:
        number = with_database(work)
    except Broken as broken:
        raise click.ClickException(str(broken)) from broken
    click.echo(f"wrote {number} files to {folder}; open index.html there")


def _tell(made: service.Made, dry_run: bool) -> None:
    for fault in made.faults:
        click.echo(fault, err=True)
    if made.faults:
        raise click.ClickException("nothing was published")
    if made.unchanged and not made.about.note:
        click.echo(f"nothing has changed since release {made.about.number - 1}: no other is published")
        return
    for name in sorted(made.files):
        click.echo(f"{len(made.files[name]):>12,}  {name}")
    if made.changes:
        click.echo(", ".join(f"{n} {word}" for word, n in made.changes.counts().items()))
    would = "would be published" if dry_run else "is published"
    click.echo(
        f"release {made.about.number} {would}: {made.rows['adoption']} rows, as of {made.about.moment}"
    )
