"""`tracker backup` and `tracker restore`: the whole installation in one file, and back."""

import sys
from pathlib import Path

import click

from tracker.commands.common import with_database
from tracker.db.session import Database
from tracker.settings import Settings


def _say(text: str) -> None:
    click.echo(text, err=True)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The archive; none is replaced.")
def backup(out: Path) -> None:
    """Write rows, attachments and releases into one archive, all of one moment, while the service runs.

    The secret key and the settings are not in it; drafts, e-mail addresses and password hashes are: guard it.
    """
    from tracker.backup import make_service

    made = with_database(lambda _, settings: make_service.make(settings, out, _say))
    rows = sum(made.manifest.rows.values())
    click.echo(f"{out}: {rows} rows, {len(made.manifest.files)} files, {made.size} bytes")
    click.echo(f"SHA-256 {made.sha256}; the log ends in {made.manifest.log_head}")
    for name in made.missing:
        click.echo(f"WRONG: not in it, for it is missing or altered here: {name}")
    if made.missing:
        sys.exit(1)


@click.command()
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace what is there already.")
def restore(archive: Path, force: bool) -> None:
    """Put a back-up in place, whole or not at all, then check it as `tracker verify` does. The service must be stopped.

    It may have been made on the other kind of database, or by an older version. What was there is moved aside; only the
    rows of a PostgreSQL database are replaced for good.
    """
    from tracker.backup import after, restore_service
    from tracker.loading import derived

    async def work(_: Database, settings: Settings) -> restore_service.Restored:
        return await restore_service.restore(settings, archive, _say, force=force)

    async def check(database: Database, settings: Settings) -> list[after.Finding]:
        await derived.make_if_missing(database, _say)
        return await after.examine(database, settings, done.manifest)

    done = with_database(work)
    click.echo(f"restored: {sum(done.manifest.rows.values())} rows, as they were on {done.manifest.made_at}")
    for path in done.aside:
        click.echo(f"what was there before lies in {path}")
    findings = with_database(check)
    for good, text in findings:
        click.echo(("ok    " if good else "WRONG ") + text)
    if not all(good for good, _text in findings):
        sys.exit(1)
