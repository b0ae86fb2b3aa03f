"""The command `tracker`: thin, each verb calls what the pages call."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import click
from sqlalchemy.exc import DBAPIError

from tracker import settings as settings_module
from tracker.access.permissions import Role
from tracker.accounts import passwords
from tracker.accounts import service as accounts
from tracker.audit.models import SERVICE
from tracker.compare.files import long_csv
from tracker.compare.queries import compare
from tracker.compare.query import DEFAULT_FRAMEWORK, PARAMETERS, Query, parse
from tracker.db import migrate as migrations
from tracker.db import registry
from tracker.db.engine import create_engine
from tracker.db.session import Bound, Database
from tracker.exchange import command as exchange
from tracker.frameworks import files as framework_files
from tracker.frameworks import queries as frameworks
from tracker.frameworks import service as framework_service
from tracker.frameworks.plan import Plan
from tracker.frameworks.tree import Fault, Unreadable
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.errors import Refused
from tracker.kit.vocabulary import MandateKind, OrganisationKind
from tracker.loading import demo as demo_world
from tracker.organisations import queries as organisations
from tracker.organisations import service as organisations_service
from tracker.settings import Settings, SettingsError


def _settings() -> Settings:
    try:
        return settings_module.load()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def with_database(work: Callable[[Database, Settings], Awaitable[Any]], *, as_owner: bool = False) -> Any:
    """Run `work` on the configured database and close it; refusals become plain messages."""
    settings = _settings()
    registry.load()

    async def run() -> Any:
        url = settings.migration_database_url if as_owner else settings.database_url
        database = Database(create_engine(url))
        try:
            return await work(database, settings)
        finally:
            await database.dispose()

    try:
        return asyncio.run(run())
    except Refused as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        why = str(error.orig).strip().partition("\n")[0]
        hint = "if it has no schema yet, run tracker migrate; tracker doctor tells more"
        raise click.ClickException(f"the database answered: {why} ({hint})") from error


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="tracker")
def main() -> None:
    """Record, compare and brief on the adoption of the core competencies.

    Settings are environment variables TRACKER_*; docs/operator.md lists them.
    """


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema, whole or not at all."""

    async def work(_: Database, settings: Settings) -> None:
        engine = create_engine(settings.migration_database_url)
        try:
            before = await migrations.current(engine)
            await migrations.upgrade(engine)
            after = await migrations.current(engine)
        finally:
            await engine.dispose()
        click.echo(
            f"schema: {after}" + ("" if before == after else f", from {before or 'an empty database'}")
        )

    with_database(work)


@main.group()
def load() -> None:
    """Load reference data or the demo world."""


@load.command("reference")
def load_reference() -> None:
    """Jurisdictions, frameworks, crosswalk drafts and real instruments. Run it as often as you like."""
    from tracker.loading import reference

    with_database(lambda database, _: reference.load(database, click.echo))


@load.command("demo")
def load_demo() -> None:
    """Five real states as coded by a demo NGO, and a fictional world. Prints its accounts the first time."""
    try:
        made = with_database(lambda database, _: demo_world.load(database, click.echo))
    except demo_world.NeedsReference as error:
        raise click.ClickException(str(error)) from error
    _print_accounts(made)


def _print_accounts(made: list[tuple[str, str, str]]) -> None:
    if not made:
        return
    click.echo("Demo accounts (passwords are shown only now; `tracker account reset --demo` makes new ones):")
    for email, password, role in made:
        click.echo(f"  {email:<44} {password}   {role}")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port to listen on."
)
def serve(host: str, port: int) -> None:
    """Serve the pages until interrupted."""
    from granian import Granian
    from granian.constants import Interfaces

    workers = _settings().workers
    _require_free(host, port)
    with_database(_require_newest)
    if host in ("127.0.0.1", "localhost"):
        # Links in files should lead back to this very server, unless the operator said otherwise.
        os.environ.setdefault("TRACKER_BASE_URL", f"http://{host}:{port}")
    click.echo(f"Serving on http://{host}:{port} (Ctrl+C ends it)")
    Granian(
        "tracker.app:serve",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        factory=True,
        log_access=False,
        websockets=False,
    ).serve()


def _require_free(host: str, port: int) -> None:
    """The server shares its port among its processes, so two servers would share one without a word."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just given up is free
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"{host}:{port} can't be listened on ({error.strerror}); try another: PORT=8002 make run"
            ) from error


async def _require_newest(_database: Database, settings: Settings) -> None:
    engine = create_engine(settings.database_url)
    try:
        if await migrations.current(engine) != migrations.newest():
            raise click.ClickException("the database is not at the newest schema: run tracker migrate")
    finally:
        await engine.dispose()


@main.group()
def account() -> None:
    """Add accounts and give them new passwords."""


@account.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True, help="The person's name as shown to colleagues.")
@click.option("--organisation", "key", required=True, help="The key of the organisation.")
@click.option("--role", type=click.Choice([r.value for r in Role]), required=True)
def account_add(email: str, name: str, key: str, role: str) -> None:
    """Add an account, or a membership to an existing one; prints a random password for a new one."""

    async def work(database: Database, _: Settings) -> tuple[bool, str]:
        async with database.read() as db:
            organisation = await organisations.organisation_by_key(db, key)
            known = await accounts.account_exists(db, email)
        if organisation is None:
            raise click.ClickException(f"there is no organisation with the key {key}")
        password = passwords.generate()
        await accounts.add_account(
            database, email=email, name=name, organisation=organisation, role=Role(role), password=password
        )
        return known, password

    known, password = with_database(work)
    click.echo(f"{email} is {role} of {key}" + ("" if known else f"; password: {password}"))


@account.command("reset")
@click.argument("email", required=False)
@click.option("--demo", is_flag=True, help="All accounts of the demo world.")
def account_reset(email: str | None, demo: bool) -> None:
    """Give an account a new random password and end its sessions."""
    if bool(email) == demo:
        raise click.UsageError("name one account, or --demo for those of the demo world")

    async def work(database: Database, _: Settings) -> list[tuple[str, str, str]]:
        if email:
            return [(email, await accounts.reset_password(database, email), "")]
        async with database.read() as db:
            held = await demo_world.accounts(db)
        return [(e, await accounts.reset_password(database, e), role) for e, role in held]

    changed = with_database(work)
    if not changed:
        raise click.ClickException("the demo world is not loaded here")
    for address, password, role in changed:
        click.echo(f"  {address:<44} {password}   {role}".rstrip())


@account.command("organisation")
@click.option("--key", required=True, help="A short name for addresses: letters, digits and hyphens.")
@click.option("--name", required=True)
@click.option("--kind", type=click.Choice([k.value for k in OrganisationKind]), required=True)
@click.option("--steward", multiple=True, help="The code of a jurisdiction it reports for; may be repeated.")
@click.option("--assessor", multiple=True, help="The code of a jurisdiction it assesses; may be repeated.")
def account_organisation(
    key: str, name: str, kind: str, steward: tuple[str, ...], assessor: tuple[str, ...]
) -> None:
    """Admit an organisation, or give an admitted one further mandates."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,39}", key):
        raise click.UsageError("--key takes 2 to 40 lower-case letters, digits and hyphens")
    mandates = [(c, MandateKind.STEWARD) for c in steward] + [(c, MandateKind.ASSESSOR) for c in assessor]

    async def work(database: Database, _: Settings) -> None:
        async with database.read() as db:
            existing = await organisations.organisation_by_key(db, key)
            places = await jurisdictions.by_codes(db, {code for code, _kind in mandates})
        unknown = [code for code, _kind in mandates if code not in places]
        if unknown:
            raise click.ClickException(f"there is no jurisdiction with the code {unknown[0]}")
        organisation = existing or organisations_service.new_organisation(
            key=key, name=name, kind=OrganisationKind(kind)
        )
        async with database.write(Bound(tenant=organisation.id)) as db:
            if existing is None:
                await organisations_service.add_organisation(db, organisation)
            for code, mandate in mandates:
                await organisations_service.add_mandate(db, organisation, places[code], mandate, None)

    with_database(work)
    click.echo(f"{key}: " + (", ".join(f"{kind.value} of {code}" for code, kind in mandates) or "no mandate"))


@main.group()
def framework() -> None:
    """Import and export frameworks."""


@framework.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format", "kind", type=click.Choice(framework_files.IMPORTS), help="By the file's name if absent."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def framework_import(file: Path, kind: str | None, dry_run: bool) -> None:
    """Import a framework from CSV or CASE JSON: all of it or nothing. Importing it again changes nothing."""
    kind = kind or framework_files.format_of(file.name)
    if not kind:
        raise click.UsageError("say what it is: --format csv or --format case")
    try:
        framework_files.check_size(file.stat().st_size)
        read = framework_files.read(file.read_bytes(), kind)
    except Unreadable as error:
        _print_faults(error.faults)

    async def work(database: Database, _: Settings) -> Plan:
        async with database.write(Bound(tenant=SERVICE)) as db:
            if dry_run:
                return await framework_service.plan_import(db, read)
            return await framework_service.import_framework(db, read, tenant=SERVICE, actor=None)

    plan = with_database(work)
    _print_faults(plan.faults)
    for note in plan.notes:
        click.echo(note)
    would = "would be " if dry_run else ""
    click.echo(
        f"{plan.name}: {len(plan.new)} items {would}added, {len(plan.changed)} {would}changed, {plan.same} as they were"
    )


def _print_faults(faults: tuple[Fault, ...]) -> None:
    """Each fault on a line, then the end: nothing was stored. Nothing happens where there is none."""
    for fault in faults[:100]:
        click.echo(str(fault), err=True)
    if faults:
        raise click.ClickException(f"{len(faults)} faults; nothing was stored")


@framework.command("export")
@click.argument("key")
@click.option(
    "--format", "kind", type=click.Choice(framework_files.EXPORTS), default="csv", show_default=True
)
@click.option("--out", type=click.Path(dir_okay=False), required=True, help="The file to write.")
def framework_export(key: str, kind: str, out: str) -> None:
    """Export a framework (key or key@version) as CSV, CASE JSON or SKOS Turtle."""

    async def work(database: Database, settings: Settings) -> str:
        async with database.read() as db:
            found = await frameworks.framework(db, key)
        if found is None:
            raise click.ClickException(f"there is no framework {key}")
        return framework_files.write(found, kind, settings.base_url)

    _write(out, with_database(work).encode())
    click.echo(f"wrote {out}")


def comparison_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The query parameters of the pages, as flags."""
    for name in reversed(PARAMETERS):
        flag = f"--{name.replace('_', '-')}"
        command = click.option(flag, name, default="", help=_FLAG_HELP[name])(command)
    return command


_FLAG_HELP = {
    "jurisdictions": "Codes, separated by commas, such as US-CT,US-FL.",
    "framework": "key or key@version; the core competencies if absent.",
    "items": "Item keys, separated by commas; all if absent.",
    "domains": "Domains, separated by commas; all if absent.",
    "axis": "commitment, practice or both.",
    "basis": "by_name or equivalent; either if absent.",
    "on": "The day that is asked about, such as 2026-03-31.",
    "as_of": "What had been published by this day or moment.",
    "source": "self, independent, best or all.",
    "show": "all, differences, gaps or unknown.",
    "through": "A crosswalk to read through.",
    "layout": "by_domain or together; for pages.",
}


@main.command("compare")
@comparison_options
@click.option("--format", "kind", type=click.Choice(["csv"]), default="csv", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False), help="A file instead of the screen.")
def compare_command(kind: str, out: str | None, **parameters: str) -> None:
    """Compare jurisdictions: the long CSV of the compare page's query."""

    async def work(database: Database, settings: Settings) -> str:
        async with database.read() as db:
            return long_csv(await compare(db, _query(parameters)), settings.base_url)

    text = with_database(work)
    if out:
        _write(out, text.encode())
    else:
        sys.stdout.buffer.write(text.encode())


@main.command("briefing")
@comparison_options
@click.option("--out", type=click.Path(dir_okay=False), required=True, help="The PDF to write.")
@click.option("--page-size", type=click.Choice(["A4", "Letter"]), default="A4", show_default=True)
def briefing_command(out: str, page_size: str, **parameters: str) -> None:
    """Write the briefing of a comparison as a PDF; the same state of the record gives the same bytes."""
    from tracker.briefings import pdf
    from tracker.briefings.compose import compose

    async def work(database: Database, settings: Settings) -> bytes:
        async with database.read() as db:
            comparison = await compare(db, _query(parameters))
        document = compose(
            comparison,
            base_url=settings.base_url,
            locale=settings.locales[0],
            service_name=settings.service_name,
        )
        return pdf.draw(document, page_size)

    _write(out, with_database(work))
    click.echo(f"wrote {out}")


def _query(parameters: dict[str, str]) -> Query:
    query = parse(parameters)
    if not query.jurisdictions:
        raise click.UsageError("name the jurisdictions: --jurisdictions US-CT,US-FL")
    return query


def _write(out: str, content: bytes) -> None:
    with _replaced(out) as file:
        file.write(content)


@contextmanager
def _replaced(out: str) -> Iterator[BinaryIO]:
    """The whole file or none of it: an interrupted write leaves what was there before."""
    path = Path(out)
    unfinished = path.with_name(f".{path.name}.partial")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(path)
    except OSError as error:
        raise click.ClickException(f"{out} can't be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)


@main.group()
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
        with _replaced(out) as file:
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


@main.command("redact")
@click.argument("revision_uid", type=click.UUID)
@click.argument("field", required=False)
@click.option("--reason", default="", help="Published in place of the text; at most 150 characters.")
def redact_command(revision_uid: UUID, field: str | None, reason: str) -> None:
    """Replace a published text, and its exact copies, by a tombstone for good; without FIELD, list the texts."""
    from tracker.privacy import operation

    if field and not reason:
        raise click.UsageError("say why: --reason ...")

    async def work(database: Database, _: Settings) -> list[str]:
        if not field:
            return await operation.texts(database, revision_uid)
        return await operation.redact(database, revision_uid, field, reason)

    for line in with_database(work):
        click.echo(line)


@main.group()
def verify() -> None:
    """Check that the record is what it says it is."""


@verify.command("redactions")
def verify_redactions() -> None:
    """Check that every redacted text still shows its tombstone; exits non-zero when one does not."""
    from tracker.privacy import queries as privacy

    async def work(database: Database, _: Settings) -> list[privacy.Checked]:
        async with database.read() as db:
            return await privacy.check_redactions(db)

    checked = with_database(work)
    for c in checked:
        verdict = "redacted" if c.stands else "WRONG   "
        click.echo(f"{verdict} {c.table} {c.row_id} {c.field}: {c.tombstone}")
    click.echo(f"{len(checked)} redactions, {sum(not c.stands for c in checked)} wrong")
    if not all(c.stands for c in checked):
        sys.exit(1)


@verify.command("attachments")
def verify_attachments() -> None:
    """Read every attachment and compare it with its hash; names what is missing or altered."""
    from tracker.instruments.store import Store
    from tracker.instruments.verify import Fault, faults

    def progress(files: Sequence[Any]) -> Iterator[Any]:
        with click.progressbar(files, label="Attachments", file=sys.stderr) as bar:
            yield from bar

    async def work(database: Database, settings: Settings) -> tuple[int, list[Fault]]:
        async with database.read() as db:
            return await faults(db, Store(settings.data_dir), progress)

    number, found = with_database(work)
    for fault in found:
        click.echo(f"{fault.what}: {fault.file.sha256} {'; '.join(fault.file.public)}".rstrip())
    click.echo(f"{number} attachments compared, {len(found)} of them missing or altered")
    if found:
        sys.exit(1)


@main.command()
def doctor() -> None:
    """Check the settings, the database and what it holds; exits non-zero when something is wrong."""
    from tracker.loading import doctor as checks

    findings = with_database(checks.examine)
    for good, text in findings:
        click.echo(("ok    " if good else "WRONG ") + text)
    if not all(good for good, _text in findings):
        sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
