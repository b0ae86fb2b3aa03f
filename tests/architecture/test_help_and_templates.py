"""Every command explains itself, and every template compiles."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from tracker.cli import main
from tracker.web.render import TEMPLATES, environment

TEMPLATE_NAMES = sorted(p.relative_to(TEMPLATES).as_posix() for p in TEMPLATES.rglob("*.html"))
Named = tuple[tuple[str, ...], click.Command]


def commands(group: click.Group, trail: tuple[str, ...] = ()) -> Iterator[Named]:
    for name, command in sorted(group.commands.items()):
        yield (*trail, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*trail, name))


COMMANDS = [((), main), *commands(main)]


@pytest.mark.parametrize(("trail", "command"), COMMANDS, ids=[" ".join(t) or "tracker" for t, _c in COMMANDS])
def test_every_command_has_help(trail: tuple[str, ...], command: click.Command) -> None:
    result = CliRunner().invoke(main, [*trail, "--help"])
    assert result.exit_code == 0
    assert command.help
    assert command.help.split("\n")[0][:60] in result.output


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_every_template_compiles(name: str) -> None:
    environment().get_template(name)
