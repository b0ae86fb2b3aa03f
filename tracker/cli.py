"""The command `tracker`: thin, each verb calls what the pages call."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import click

from tracker import settings as settings_module
from tracker.db import migrate as migrations
from tracker.db import registry
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.kit.errors import Refused
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
    from tracker.loading import demo

    try:
        accounts = with_database(lambda database, _: demo.load(database, click.echo))
    except demo.NeedsReference as error:
        raise click.ClickException(str(error)) from error
    _print_accounts(accounts)


def _print_accounts(accounts: list[tuple[str, str, str]]) -> None:
    if not accounts:
        return
    click.echo("Demo accounts (passwords are shown only now; `tracker account reset --demo` makes new ones):")
    for email, password, role in accounts:
        click.echo(f"  {email:<44} {password}   {role}")


if __name__ == "__main__":
    sys.exit(main())
