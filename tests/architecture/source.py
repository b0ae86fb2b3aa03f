"""The product's source as a graph of modules, read without importing it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "tracker"


@dataclass(frozen=True)
class Module:
    """`name` is dotted, `imports` the modules of the product it names, `outside` those of others."""

    name: str
    path: Path
    tree: ast.Module
    imports: frozenset[str]
    outside: frozenset[str]

    @property
    def part(self) -> str:
        """The layer or feature it lies in: "db" for tracker.db.session, "app" for tracker.app."""
        return self.name.split(".")[1] if "." in self.name else ""

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]


@cache
def modules() -> dict[str, Module]:
    """Every module of the product, by name."""
    paths = {_name(path): path for path in sorted((ROOT / PACKAGE).rglob("*.py"))}
    return {name: _read(name, path, frozenset(paths)) for name, path in paths.items()}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


def _read(name: str, path: Path, known: frozenset[str]) -> Module:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = set(_imported(tree, known))
    ours = frozenset(n for n in named if n.split(".")[0] == PACKAGE)
    return Module(name, path, tree, ours, frozenset(named - ours))


def _imported(tree: ast.Module, known: frozenset[str]) -> Iterator[str]:
    """Every import, those within functions included. `from a import b` names a.b where that is a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            assert node.module
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in known else node.module


def reach(start: str) -> set[str]:
    """All modules of the product that importing `start` brings in, itself included."""
    found, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(modules()[name].imports)
    return found


def knows_the_web(name: str) -> bool:
    """Whether importing the module brings in the web framework."""
    return any(
        other.split(".")[0] == "litestar" for reached in reach(name) for other in modules()[reached].outside
    )


def cycles() -> list[list[str]]:
    """Chains of imports that come back to where they began."""
    found: list[list[str]] = []
    done: set[str] = set()

    def visit(name: str, trail: list[str]) -> None:
        if name in trail:
            found.append([*trail[trail.index(name) :], name])
        elif name not in done:
            for other in sorted(modules()[name].imports):
                visit(other, [*trail, name])
            done.add(name)

    for name in modules():
        visit(name, [])
    return found


def calls(module: Module, *names: str, on: frozenset[str] | None = None) -> list[int]:
    """The lines where one of the names is called: bare, or as an attribute (of `on` only, if given)."""
    lines = []
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            hit = node.func.id in names and _comes_from_sql(module, node.func.id)
        elif isinstance(node.func, ast.Attribute):
            owner = node.func.value.id if isinstance(node.func.value, ast.Name) else None
            hit = node.func.attr in names and (on is None or owner in on)
        else:
            hit = False
        if hit:
            lines.append(node.lineno)
    return lines


def _comes_from_sql(module: Module, name: str) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.split(".")[0] in ("sqlalchemy", "sqlmodel", PACKAGE)
        and any((alias.asname or alias.name) == name for alias in node.names)
        for node in ast.walk(module.tree)
    )
