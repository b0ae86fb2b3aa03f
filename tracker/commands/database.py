"""`tracker migrate`, `load`, `doctor`: the schema and what it holds."""

import sys

import click

from tracker.commands.common import with_database
from tracker.db import migrate as migrations
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.loading import demo as demo_world
from tracker.loading import derived, synthetic
from tracker.settings import Settings


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema, whole or not at all."""

    async def work(database: Database, settings: Settings) -> None:
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
        await derived.make_if_missing(database, click.echo)

    with_database(work)


@click.group()
def load() -> None:
    """Load reference data, the demo world, or an invented record to measure on."""


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


@load.command("synthetic")
@click.option(
    "--jurisdictions",
    "number",
    type=click.IntRange(1, synthetic.MOST),
    default=200,
    show_default=True,
    help="How many there are to be; those that are there are kept.",
)
def load_synthetic(number: int) -> None:
    """An invented record to measure on, below the code XZZ; only where nobody else has published."""
    try:
        with_database(lambda database, _: synthetic.load(database, number, click.echo))
    except demo_world.NeedsReference as error:
        raise click.ClickException(str(error)) from error


def _print_accounts(made: list[tuple[str, str, str]]) -> None:
    if not made:
        return
    click.echo("Demo accounts (passwords are shown only now; `tracker account reset --demo` makes new ones):")
    for email, password, role in made:
        click.echo(f"  {email:<44} {password}   {role}")


@click.command()
def doctor() -> None:
    """Check the settings, the database and what it holds; exits non-zero when something is wrong."""
    from tracker.loading import doctor as checks

    findings = with_database(checks.examine)
    for good, text in findings:
        click.echo(("ok    " if good else "WRONG ") + text)
    if not all(good for good, _text in findings):
        sys.exit(1)
