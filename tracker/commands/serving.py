"""`tracker serve`: the pages, until interrupted."""

import os
import socket

import click

from tracker.commands.common import load_settings, with_database
from tracker.db import migrate as migrations
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port to listen on."
)
def serve(host: str, port: int) -> None:
    """Serve the pages until interrupted."""
    from granian import Granian
    from granian.constants import Interfaces

    workers = load_settings().workers
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
