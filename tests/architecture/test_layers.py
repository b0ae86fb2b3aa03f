"""Who may import whom, and where the database is spoken to. The rules are the tables at the top."""

import ast
from collections.abc import Callable

import pytest

from tests.architecture.source import Module, calls, cycles, knows_the_web, modules

# A module imports only from its own layer's part and from layers before it.
LAYERS: list[set[str]] = [
    {"kit"},
    {"charts"},
    {"settings"},
    {"db"},
    {"access", "audit"},
    {"jobs"},
    {"web"},
    {
        "accounts",
        "briefings",
        "compare",
        "corrections",
        "criteria",
        "crosswalks",
        "editions",
        "entries",
        "frameworks",
        "instruments",
        "jurisdictions",
        "mail",
        "members",
        "notices",
        "organisations",
        "packed",
        "pages",
        "privacy",
        "reviews",
        "search",
        "snapshots",
        "worklist",
    },
    {"exchange"},
    {"log"},
    {"crosswalk_files"},
    {"opendata"},
    {"api"},
    {"loading"},
    {"backup"},
    {"commands"},
    {"app", "cli"},
    {"__main__"},
]
FEATURES = next(parts for parts in LAYERS if "entries" in parts)
RANK = {part: rank for rank, parts in enumerate(LAYERS) for part in parts}

SQL = frozenset({"sa", "sqlalchemy", "sqlmodel", "sql"})
# besides queries, services and loading; the database's own part defines `select` and holds the lock
QUERYING = {"tracker.access.guard", "tracker.access.sessions", "tracker.audit.record"}
QUERYING |= {"tracker.db.base", "tracker.db.session"}
QUERYING |= {"tracker.db.carry"}
QUERYING |= {"tracker.db.stamp", "tracker.db.among", "tracker.access.tokens"}
RAW_SQL = {"tracker.db.session", "tracker.db.engine", "tracker.db.migrate", "tracker.loading.doctor"}
# the check of the schema's version, for whoever watches the service
RAW_SQL |= {"tracker.pages.views"}
# whether anybody else is connected, and the schema's own guards, which no model knows
RAW_SQL |= {"tracker.backup.restore_service"}
# full text has no words in SQLAlchemy that both databases know
RAW_SQL |= {"tracker.search.full_text"}


def broken(rule: Callable[[Module], list[str]]) -> list[str]:
    return [f"{module.path}: {fault}" for module in modules().values() for fault in rule(module)]


def test_every_part_has_its_layer() -> None:
    assert {m.part for m in modules().values()} - {""} == set(RANK)


def test_imports_go_down_the_layers() -> None:
    def upward(module: Module) -> list[str]:
        if not module.part:
            return []
        names = [modules()[n] for n in module.imports]
        return [
            f"imports {other.name}"
            for other in names
            if other.part != module.part
            and (RANK[other.part] > RANK[module.part] or {module.part, other.part} == {"access", "audit"})
        ]

    assert broken(upward) == []


def test_the_kit_stands_alone() -> None:
    assert broken(lambda m: sorted(m.imports - _of("kit")) if m.part == "kit" else []) == []


def _of(part: str) -> set[str]:
    return {m.name for m in modules().values() if m.part == part}


def test_no_import_comes_back() -> None:
    assert cycles() == []


def test_features_share_only_what_knows_no_web() -> None:
    """Between features: queries, services, models and values; never views, forms of views or contexts."""

    def intrusion(module: Module) -> list[str]:
        if module.part not in FEATURES:
            return []
        others = [modules()[n] for n in module.imports if modules()[n].part in FEATURES - {module.part}]
        return [f"imports {o.name}" for o in others if knows_the_web(o.name) or o.last == "forms"]

    assert broken(intrusion) == []


def _serves_data(module: Module) -> bool:
    name = module.last
    return "queries" in name or name.endswith("service") or name in {"publish", "apply", "models"}


def test_queries_and_services_know_no_web() -> None:
    def web(module: Module) -> list[str]:
        return ["reaches litestar"] if _serves_data(module) and knows_the_web(module.name) else []

    assert broken(web) == []


@pytest.mark.parametrize("verb", ["select", "update", "delete"])
def test_statements_are_made_where_they_belong(verb: str) -> None:
    def misplaced(module: Module) -> list[str]:
        if _serves_data(module) or module.part == "loading" or module.name in QUERYING:
            return []
        return [f"line {n}: {verb}(" for n in calls(module, verb, on=SQL)]

    assert broken(misplaced) == []


def test_one_place_commits() -> None:
    assert {m.name for m in modules().values() if calls(m, "commit")} == {"tracker.db.session"}


def test_only_loading_and_redaction_act_for_several_tenants() -> None:
    assert {m.part for m in modules().values() if calls(m, "rebind")} == {"loading", "privacy"}


def test_nothing_passes_the_wall_by() -> None:
    """The wall stands in the ORM: no Core tables, no bulk inserts, no raw connections."""

    def bypass(module: Module) -> list[str]:
        if module.part == "db":
            return []
        attributes = {
            "__table__",
            "exec_driver_sql",
            "bulk_save_objects",
            "bulk_insert_mappings",
            "no_autoflush",
        }
        named = [
            f"line {n.lineno}: {n.attr}"
            for n in ast.walk(module.tree)
            if isinstance(n, ast.Attribute) and n.attr in attributes
        ]
        return named + [f"line {n}: insert(" for n in calls(module, "insert", on=SQL)]

    assert broken(bypass) == []


def test_sql_as_text_stays_with_the_database() -> None:
    def texts(module: Module) -> list[str]:
        lines = calls(module, "text", on=SQL) if _imports_text(module) else calls_on_sql(module)
        return [] if module.name in RAW_SQL else [f"line {n}: SQL as text" for n in lines]

    assert broken(texts) == []


def calls_on_sql(module: Module) -> list[int]:
    """Lines of `sa.text(`: a bare `text(` is something else where it does not come from SQLAlchemy."""
    return [
        n.lineno
        for n in ast.walk(module.tree)
        if isinstance(n, ast.Call)
        and isinstance(n.func, ast.Attribute)
        and n.func.attr in ("text", "literal_column")
        and isinstance(n.func.value, ast.Name)
        and n.func.value.id in SQL
    ]


def _imports_text(module: Module) -> bool:
    return any(
        isinstance(n, ast.ImportFrom)
        and n.module in ("sqlalchemy", "sqlmodel")
        and any(alias.name == "text" for alias in n.names)
        for n in ast.walk(module.tree)
    )


def test_sizes_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A long file or function is a smell to look at, not a fault: `pytest -rP` shows the list."""
    for module in modules().values():
        length = len(module.path.read_text(encoding="utf-8").splitlines())
        if length > 250:
            print(f"{module.path}: {length} lines")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                size = node.end_lineno - node.lineno + 1
                if size > 40:
                    print(f"{module.path}:{node.lineno}: {node.name} has {size} lines")
