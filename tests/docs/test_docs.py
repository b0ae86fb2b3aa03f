"""The documents are true of the code where a machine can tell: links, settings, commands, columns."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tracker.cli import main
from tracker.compare.files import COLUMNS
from tracker.compare.query import PARAMETERS
from tracker.kit.vocabulary import VALUE_CODES, InstrumentKind, OrganisationKind
from tracker.settings import NAMES

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "seed" / "README.md"])
NAMED = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
# Hosts that serve packages or images, and folders of one machine or another.
FOREIGN = re.compile(
    r"pypi\.org|pythonhosted|npmjs|deb\.debian\.org|docker\.io|ghcr\.io|quay\.io|://[\w.-]*(registry|mirror|proxy)"
    r"|(?<![\w.])/(work|tmp|root|home)/\w"
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """The ids that a heading of the document gets where Markdown is shown."""
    headings = HEADING.findall(path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@NAMED
def test_every_link_leads_somewhere(path: Path) -> None:
    broken = []
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        name, _hash, anchor = target.partition("#")
        other = (path.parent / name).resolve() if name else path
        if not other.exists() or (anchor and anchor not in anchors(other)):
            broken.append(target)
    assert broken == []


@NAMED
def test_no_document_names_a_registry_or_a_machine(path: Path) -> None:
    assert [m.group() for m in FOREIGN.finditer(path.read_text(encoding="utf-8"))] == []


def test_every_document_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in reached:
            continue
        reached.add(path)
        targets = (t.partition("#")[0] for t in LINK.findall(path.read_text(encoding="utf-8")))
        waiting += [p for t in targets if t.endswith(".md") and (p := (path.parent / t).resolve()).exists()]
    assert set(DOCUMENTS) <= reached


def test_every_setting_has_its_row() -> None:
    assert set(re.findall(r"^\| `TRACKER_(\w+)` \|", read("docs/operator.md"), re.MULTILINE)) == set(NAMES)


def commands(group: click.Group, before: str = "tracker") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}", command


COMMANDS = dict(commands(main))


def test_every_command_has_its_row_and_no_other_has() -> None:
    rows = re.findall(r"^\| `(tracker [a-z ]+)` \|", read("docs/operator.md"), re.MULTILINE)
    assert sorted(set(rows)) == sorted(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_flag_is_told(name: str) -> None:
    told = read("docs/operator.md")
    flags = [o for p in COMMANDS[name].params if isinstance(p, click.Option) for o in p.opts if o != "--help"]
    assert [flag for flag in flags if not re.search(rf"{flag}\b", told)] == []


@NAMED
def test_commands_that_are_shown_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    shown = re.findall(r"(?:^|`|bin/)tracker ((?:[a-z]+ ?)+)", text, re.MULTILINE)
    known = [name.removeprefix("tracker ") for name in COMMANDS]
    unknown = [s for s in shown if not any(f"{s.strip()} ".startswith(f"{k} ") for k in known)]
    assert unknown == []


@NAMED
def test_targets_that_are_shown_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    shown = re.findall(
        r"(?:^|`)(?:[A-Z_]+=\S+ )?make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(shown) <= targets


def test_every_column_has_its_row_in_order() -> None:
    part = read("docs/codebook.md").partition("## Columns of the long CSV")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) == COLUMNS


def test_every_parameter_has_its_row() -> None:
    part = read("docs/codebook.md").partition("## Query parameters")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) == sorted(PARAMETERS)


@pytest.mark.parametrize("code", [*VALUE_CODES, *InstrumentKind])
def test_every_code_is_in_the_codebook(code: str) -> None:
    assert f"`{code}`" in read("docs/codebook.md")


@pytest.mark.parametrize("kind", list(OrganisationKind))
def test_every_kind_of_organisation_is_told(kind: str) -> None:
    assert re.search(rf"\b{kind}\b", read("docs/operator.md"))


def test_decisions_are_short_and_whole() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(r.name[:4]) for r in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert text.count("\n") <= 40, record.name
        assert HEADING.findall(text)[1:] == ["Context", "Decision", "Consequences", "Alternatives"], (
            record.name
        )


@NAMED
def test_paths_that_are_named_exist(path: Path) -> None:
    pattern = r"`((?:tracker|templates|tests|seed|docs|docker|migrations)/[\w./-]+)`"
    named = re.findall(pattern, path.read_text(encoding="utf-8"))
    # made by `pybabel init`
    made_later = {"tracker/locales"}
    assert [n for n in named if not (ROOT / n).exists() and n not in made_later] == []
