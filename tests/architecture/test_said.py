"""What a person is told exists: settings in the docs, help on every command, templates that compile."""

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from tests.architecture.source import ROOT
from tracker.cli import main
from tracker.settings import NAMES
from tracker.web.render import TEMPLATES, environment

TEMPLATE_NAMES = sorted(p.relative_to(TEMPLATES).as_posix() for p in TEMPLATES.rglob("*.html"))


def _commands(
    group: click.Group, trail: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in sorted(group.commands.items()):
        yield (*trail, name), command
        if isinstance(command, click.Group):
            yield from _commands(command, (*trail, name))


COMMANDS = list(_commands(main))
IDS = [" ".join(trail) for trail, _command in COMMANDS]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_setting_is_documented(name: str) -> None:
    text = (ROOT / "docs/operator.md").read_text(encoding="utf-8")
    assert re.search(rf"\bTRACKER_{name}\b", text)


def test_the_docs_name_no_setting_that_is_none() -> None:
    text = (ROOT / "docs/operator.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bTRACKER_([A-Z][A-Z_]*[A-Z])\b", text))
    assert {name.removesuffix("_FILE") for name in named} - set(NAMES) == set()


@pytest.mark.parametrize(("trail", "command"), COMMANDS, ids=IDS)
def test_every_command_has_help(trail: tuple[str, ...], command: click.Command) -> None:
    result = CliRunner().invoke(main, [*trail, "--help"])
    assert result.exit_code == 0
    assert command.help
    assert command.help.split("\n")[0][:60] in result.output


@pytest.mark.parametrize(("trail", "command"), COMMANDS, ids=IDS)
def test_every_command_is_documented(trail: tuple[str, ...], command: click.Command) -> None:
    if isinstance(command, click.Group):
        return
    assert f"tracker {' '.join(trail)}" in (ROOT / "docs/operator.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_every_template_compiles(name: str) -> None:
    environment().get_template(name)
