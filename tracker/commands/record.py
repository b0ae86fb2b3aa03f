"""`tracker redact` and `tracker verify`: the record and whether it is what it says it is."""

import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import click

from tracker.commands.common import with_database
from tracker.db.session import Database
from tracker.settings import Settings


class Published(click.ParamType):
    """The uid of something published, or the `key@version` of a crosswalk."""

    name = "published"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> UUID | str:
        if isinstance(value, str) and "@" in value:
            return value
        found: UUID = click.UUID.convert(value, param, ctx)
        return found


@click.command("redact")
@click.argument("what", type=Published(), metavar="WHAT")
@click.argument("field", required=False)
@click.option("--reason", default="", help="Published in place of the text; at most 150 characters.")
def redact_command(what: UUID | str, field: str | None, reason: str) -> None:
    """Replace a published text or file, and its exact copies, by a tombstone for good; without FIELD, list the texts.

    WHAT is the uid of a revision or of an instrument, or a published crosswalk as KEY@VERSION.
    """
    from tracker.instruments.store import Store
    from tracker.opendata import redaction_service
    from tracker.privacy import operation

    if field and not reason:
        raise click.UsageError("say why: --reason ...")

    async def work(database: Database, settings: Settings) -> list[str]:
        if not field:
            return await operation.texts(database, what)
        lines = await operation.redact(database, Store(settings.data_dir), what, field, reason)
        changed = await redaction_service.rewrite_all(database, settings)
        return lines + [f"release {number}: files rewritten" for number in changed]

    for line in with_database(work):
        click.echo(line)


@click.command("tidy")
@click.option(
    "--older-than",
    "hours",
    type=click.IntRange(1),
    default=24,
    show_default=True,
    help="Hours; an upload under way must be younger.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
def tidy_command(hours: int, dry_run: bool) -> None:
    """Remove what a crash left: half uploads, and stored files that nothing refers to."""
    from tracker.instruments.store import Store
    from tracker.instruments.tidy_service import Left, tidy

    async def work(database: Database, settings: Settings) -> Left:
        return await tidy(database, Store(settings.data_dir), timedelta(hours=hours), remove=not dry_run)

    left = with_database(work)
    for name in [*left.incoming, *left.files]:
        click.echo(name)
    would = "would be " if dry_run else ""
    click.echo(f"{len(left.incoming)} half uploads and {len(left.files)} files of nobody {would}removed")


@click.group()
def verify() -> None:
    """Check that the record is what it says it is."""


@verify.command("log")
def verify_log() -> None:
    """Check that every event of the log follows from the one before; prints the last hash, to be kept elsewhere."""
    from tracker.loading import log_check

    checked = with_database(lambda database, _: log_check.check(database))
    for fault in checked.wrong:
        click.echo(f"WRONG: {fault}")
    click.echo(f"{checked.events} events, {len(checked.wrong)} faults; the last hash is {checked.head}")
    if checked.wrong:
        sys.exit(1)


@verify.command("redactions")
def verify_redactions() -> None:
    """Check that every redacted text still shows its tombstone and every redacted file is gone; else exits non-zero."""
    from tracker.instruments.store import Store
    from tracker.privacy import check_queries

    async def work(database: Database, settings: Settings) -> list[check_queries.Checked]:
        async with database.read() as db:
            return await check_queries.check_redactions(db, Store(settings.data_dir))

    checked = with_database(work)
    for c in checked:
        verdict = "redacted" if c.stands else "WRONG   "
        click.echo(f"{verdict} {c.table} {c.row_id} {c.field}: {c.tombstone}")
    click.echo(f"{len(checked)} redactions, {sum(not c.stands for c in checked)} wrong")
    if not all(c.stands for c in checked):
        sys.exit(1)


@verify.command("releases")
def verify_releases() -> None:
    """Compare the files of every release with their hashes, once redactions have reached them; names what is altered."""
    from tracker.opendata import redaction_service

    faults = with_database(redaction_service.verify)
    for fault in faults:
        click.echo(fault)
    click.echo(f"{len(faults)} releases are not what they say" if faults else "every release is what it says")
    if faults:
        sys.exit(1)


@verify.command("attachments")
def verify_attachments() -> None:
    """Read every attachment and compare it with its hash; names what is missing, altered or redacted."""
    from tracker.instruments.queries import Held
    from tracker.instruments.store import Store
    from tracker.instruments.verify import Fault, faults

    def progress(files: Sequence[Any]) -> Iterator[Any]:
        with click.progressbar(files, label="Attachments", file=sys.stderr) as bar:
            yield from bar

    async def work(database: Database, settings: Settings) -> tuple[int, list[Fault], list[Held]]:
        async with database.read() as db:
            return await faults(db, Store(settings.data_dir), progress)

    number, found, redacted = with_database(work)
    for file in redacted:
        click.echo(f"redacted: {file.sha256} {'; '.join(file.public)}".rstrip())
    for fault in found:
        click.echo(f"{fault.what}: {fault.file.sha256} {'; '.join(fault.file.public)}".rstrip())
    click.echo(f"{number} attachments compared, {len(found)} of them missing or altered")
    if found:
        sys.exit(1)


@verify.command("projection")
@click.option("--rebuild", is_flag=True, help="Make every pack anew from the published rows first.")
def verify_projection(rebuild: bool) -> None:
    """Compare what is packed for wide readings with the published rows; names what differs."""
    from tracker.packed import check_queries as check
    from tracker.packed import service as packed

    def progress(done: int, of: int) -> None:
        if done % 500 == 0 or done == of:
            click.echo(f"{done} of {of}", err=True)

    async def work(database: Database, _: Settings) -> list[check.Fault]:
        if rebuild:
            async with database.write() as db:
                click.echo(f"{await packed.rebuild(db, progress)} jurisdictions packed anew")
        async with database.read() as db:
            return await check.faults(db, progress)

    found = with_database(work)
    for fault in found:
        click.echo(f"WRONG    {fault.framework} {fault.jurisdiction}: {fault.what}")
    click.echo(f"{len(found)} packs differ from the record")
    if found:
        sys.exit(1)


@verify.command("snapshots")
def verify_snapshots() -> None:
    """Ask the record again what each snapshot froze and compare the hashes; exits non-zero when one is wrong."""
    from tracker.snapshots import queries as snapshots
    from tracker.snapshots.verify import Checked, check

    async def work(database: Database, _: Settings) -> list[Checked]:
        async with database.read() as db:
            names = await snapshots.ids(db)
        checked = []
        with click.progressbar(names, label="Snapshots", file=sys.stderr) as bar:
            for name in bar:
                async with database.read() as db:  # one at a time: each may be large
                    checked.append(await check(db, name))
        return checked

    checked = with_database(work)
    for c in checked:
        click.echo(f"{c.verdict:<8} {c.id} {c.why}".rstrip())
    wrong = sum(not c.stands for c in checked)
    redacted = sum(c.verdict == "redacted" for c in checked)
    click.echo(f"{len(checked)} snapshots, {redacted} with redactions since, {wrong} wrong or missing")
    if wrong:
        sys.exit(1)
