"""The harness: one world per database, one application, a transaction per test that is rolled back.

Parametrise nothing by hand: a test that takes `database`, `client` or a persona runs on both databases.
For one of them only: `@pytest.mark.parametrize("world", ["sqlite"], indirect=True)`.
"""

from collections.abc import AsyncIterator, Iterator
from functools import cache

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from tests import factories, personas
from tests.personas import Visitor
from tests.worlds import NAMES, World, Worlds
from tracker.accounts import passwords
from tracker.app import App, create_app
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.kit.garbage import collect_seldom
from tracker.settings import Settings

pytest_plugins = ["tests.services.tally"]
# `make test-exchange` runs these, in an environment that has the official libraries.
collect_ignore = ["exchange_official"]

SETTINGS = Settings(
    database_url="sqlite+aiosqlite://",
    migration_database_url="sqlite+aiosqlite://",
    data_dir=factories.DATA_DIR,
    secret_key="a key that only the tests know, 32 characters and more",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A set is told in another order by each worker, which then have different tests: give a list, or sort it."""
    for item in items:
        given = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if any(isinstance(value, set | frozenset) and str(value) in item.name for value in given):
            raise pytest.UsageError(f"{item.nodeid} is named after a set")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Real argon2 at its least cost; tests/accounts looks at the cost that the product uses."""
    least = cache(lambda: PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", least)
        yield


@pytest.fixture(scope="session", autouse=True)
def seldom_garbage() -> None:
    """As the server does; a tenth of the suite's time went into looking for garbage."""
    collect_seldom()


@pytest.fixture(scope="session")
async def worlds(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Worlds]:
    made = Worlds(tmp_path_factory.mktemp("worlds"))
    yield made
    await made.close()


@pytest.fixture(scope="session", params=NAMES)
async def world(anyio_backend: str, worlds: Worlds, request: pytest.FixtureRequest) -> World:
    """The shared world of a database. Change it through `database` only, which is rolled back."""
    return await worlds.shared(request.param)


@pytest.fixture
async def database(anyio_backend: str, world: World) -> AsyncIterator[Database]:
    """One connection as the service's own role, in a transaction that is rolled back after the test.

    Sessions nest in it, so one thing at a time: for parallel requests take `own_world`.
    """
    async with world.engine.connect() as connection:
        transaction = await connection.begin()
        yield Database(connection)
        await transaction.rollback()


@pytest.fixture
async def own_world(anyio_backend: str, world: World, worlds: Worlds) -> AsyncIterator[World]:
    """A world of the test's own, on real connections, where commits are kept."""
    async with worlds.copy(world.name) as copied:
        yield copied


@pytest.fixture(scope="session")
def settings() -> Settings:
    return SETTINGS


@pytest.fixture(scope="session")
def shared_app(settings: Settings) -> App:
    """The application without a database; take `app`."""
    return create_app(settings, Database(create_engine(settings.database_url)))


@pytest.fixture
def app(shared_app: App, database: Database) -> App:
    """The application on the test's transaction."""
    shared_app.database = database
    return shared_app


@pytest.fixture
async def client(anyio_backend: str, app: App, settings: Settings) -> AsyncIterator[Visitor]:
    """A stranger with a browser."""
    async with personas.visitor(app, settings) as person:
        yield person


def _person(persona: personas.Persona) -> object:
    @pytest.fixture(name=persona.name)
    async def person(
        anyio_backend: str, app: App, settings: Settings, database: Database
    ) -> AsyncIterator[Visitor]:
        async with await personas.signed_in(app, settings, database, persona) as visitor:
            yield visitor

    return person


owner = _person(personas.OWNER)
teammate = _person(personas.TEAMMATE)
viewer = _person(personas.VIEWER)
admin = _person(personas.ADMIN)
outsider = _person(personas.OUTSIDER)
ngo = _person(personas.NGO)
ngo_reviewer = _person(personas.NGO_REVIEWER)
operator = _person(personas.OPERATOR)
