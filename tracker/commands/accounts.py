"""`tracker account`: accounts, organisations, mandates."""

import re

import click

from tracker.access.permissions import Role
from tracker.accounts import passwords
from tracker.accounts import service as accounts
from tracker.commands.common import with_database
from tracker.db.session import Bound, Database
from tracker.jurisdictions import queries as jurisdictions
from tracker.kit.vocabulary import MandateKind, OrganisationKind
from tracker.loading import demo as demo_world
from tracker.organisations import queries as organisations
from tracker.organisations import service as organisations_service
from tracker.settings import Settings


@click.group()
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
