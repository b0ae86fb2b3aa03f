"""The tables are what the rules of the record want, and both databases have what the models say."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection

from tests.worlds import ON_POSTGRESQL, World
from tracker.db import registry
from tracker.db.base import Kind, Table, free_texts, metadata, tables_of
from tracker.db.search_index import SOURCES, has_a_model

registry.load()

PRIVATE = [t.__table__ for t in tables_of(Kind.PRIVATE)]  # type: ignore[attr-defined]
APPEND_ONLY = [str(t.__tablename__) for t in tables_of(Kind.PUBLISHED)] + ["audit_event"]
REDACTABLE = [str(t.__tablename__) for t in tables_of(Kind.PUBLISHED) if free_texts(t)]
# Global tables whose rows can't be changed once their crosswalk is published; tests/crosswalks tries it.
FROZEN = ("crosswalk", "mapping", "mapping_side", "no_counterpart")
REDACTED_WHERE_FROZEN = [t for t in FROZEN if t != "mapping_side"]
# The chain is one across tenants; who signs in must find the own memberships in all of them; and what has
# two parties is read by the second one too. A key finds its token.
NOT_BY_TENANT = {
    ("api_token", ("key_hash",)),
    ("audit_event", ("sequence",)),
    ("invitation", ("key_hash",)),
    ("membership", ("user_id",)),
    ("notice", ("counterpart_id", "sent_at")),
    ("notice_reply", ("counterpart_id", "notice_id")),
}


def test_every_table_states_its_kind() -> None:
    stated = {str(t.__tablename__) for kind in Kind for t in tables_of(kind)}
    assert stated == set(metadata.tables)
    assert all(isinstance(t.kind__, Kind) for t in Table.__subclasses__() if hasattr(t, "__table__"))


def test_private_tables_put_the_tenant_first() -> None:
    assert PRIVATE
    for table in PRIVATE:
        assert next(iter(table.primary_key.columns)).name == "tenant_id", table
        uniques = [c for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
        for thing in [*table.indexes, *uniques]:
            columns = tuple(column.name for column in thing.columns)
            assert columns[0] == "tenant_id" or (table.name, columns) in NOT_BY_TENANT, (table, columns)


def test_only_private_tables_have_a_tenant() -> None:
    assert {t.name for t in metadata.tables.values() if "tenant_id" in t.c} == {t.name for t in PRIVATE}


def test_references_between_private_rows_carry_the_tenant() -> None:
    """Else a row could point at another tenant's, and tell that it is there."""
    names = {table.name for table in PRIVATE}
    for table in PRIVATE:
        for key in table.foreign_key_constraints:
            if key.referred_table.name in names:
                pairs = [(e.parent.name, e.column.name) for e in key.elements]
                assert pairs[0] == ("tenant_id", "tenant_id"), key
                assert len(pairs) > 1, key


def test_nothing_public_points_at_private_rows() -> None:
    names = {table.name for table in PRIVATE}
    for table in metadata.tables.values():
        if table.name not in names:
            assert not {key.referred_table.name for key in table.foreign_key_constraints} & names, table


def test_enums_are_text_with_a_check() -> None:
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, sa.Enum):
                assert not column.type.native_enum, column
                assert column.type.create_constraint, column
                assert all(value == value.lower() for value in column.type.enums), column


def test_moments_know_their_zone() -> None:
    plain = [c for t in metadata.tables.values() for c in t.columns if type(c.type) is sa.DateTime]
    assert plain == []


async def test_the_migrations_make_what_the_models_say(world: World) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": has_a_model}
        )
        return list(compare_metadata(context, metadata))

    async with world.owner.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_migrations_know_every_constraint(world: World) -> None:
    """The comparison above looks at no check and no trigger: compare the checks by name."""

    def checks(connection: Connection) -> set[tuple[str, str]]:
        look = sa.inspect(connection)
        return {(t, str(c["name"])) for t in look.get_table_names() for c in look.get_check_constraints(t)}

    wanted = {
        (t.name, str(c.name))
        for t in metadata.tables.values()
        for c in t.constraints
        if isinstance(c, sa.CheckConstraint)
    }
    async with world.owner.connect() as connection:
        assert await connection.run_sync(checks) == wanted


async def test_append_only_tables_have_their_triggers(world: World) -> None:
    async with world.owner.connect() as connection:
        if world.name == "sqlite":
            rows = await connection.exec_driver_sql(
                "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
            )
            wanted = {(t, f"{t}_no_{verb}") for t in APPEND_ONLY for verb in ("update", "delete")}
            wanted |= {("published_redaction", f"{t}_redact") for t in REDACTABLE + REDACTED_WHERE_FROZEN}
            wanted |= {(t, f"{t}_no_{verb}") for t in FROZEN for verb in ("insert", "update", "delete")}
            wanted |= {("mapping", f"mapping_second_person_{verb}") for verb in ("insert", "update")}
            wanted |= {("crosswalk", "crosswalk_publish")}
            wanted |= {("crosswalk", f"crosswalk_second_person_{verb}") for verb in ("insert", "update")}
            wanted |= {("crosswalk", "crosswalk_no_update_of_changed_by")}
            wanted |= {("published_redaction", "published_attachment_file_told")}
            wanted |= {("search_document", f"search_document_{v}") for v in ("insert", "update", "delete")}
            wanted |= {
                (s.table, f"{s.table}_search_{verb}")
                for s in SOURCES.values()
                for verb in ("insert", "update", "delete")
                if verb != "delete" or not s.published
            }
            wanted |= {("published_withdrawal", "published_withdrawal_search")}
        else:
            # 58: before (2), delete (8), update (16), truncate (32), for each statement; "O": always on.
            # Where a text may be redacted: 42 without update, 19 before update of each row, 5 after insert.
            rows = await connection.exec_driver_sql(
                "SELECT tgrelid::regclass::text, tgname, tgtype FROM pg_trigger "
                "WHERE NOT tgisinternal AND tgenabled = 'O'"
            )
            wanted = {(t, f"{t}_no_change", 42 if t in REDACTABLE else 58) for t in APPEND_ONLY}
            wanted |= {(t, f"{t}_no_update", 19) for t in REDACTABLE}
            wanted |= {("published_redaction", f"{t}_redact", 5) for t in REDACTABLE + REDACTED_WHERE_FROZEN}
            # 31: before insert, update, delete of each row; 34: before truncate
            wanted |= {row for t in FROZEN for row in ((t, f"{t}_frozen", 31), (t, f"{t}_no_truncate", 34))}
            wanted |= {("published_redaction", "published_attachment_file_told", 5)}
            # 21: after insert and update of each row; 29: delete as well
            wanted |= {(s.table, f"{s.table}_search", 21 if s.published else 29) for s in SOURCES.values()}
            wanted |= {("published_withdrawal", "published_withdrawal_search", 5)}
            wanted |= {
                (t, "tell_of_change", 60) for t in ("record_stamp", "packed_head")
            }  # after each statement
            wanted |= {("crosswalk", "crosswalk_second_person", 23)}  # before insert, update of each row
        assert {tuple(row) for row in rows} == wanted


@ON_POSTGRESQL
async def test_row_level_security_guards_every_private_table(world: World) -> None:
    async with world.owner.connect() as connection:
        guarded = await connection.exec_driver_sql(
            "SELECT relname, relforcerowsecurity FROM pg_class WHERE relrowsecurity"
        )
        # the owner verifies the audit chain across tenants, so there it is not forced on the owner
        assert {tuple(row) for row in guarded} == {(t.name, t.name != "audit_event") for t in PRIVATE}


@ON_POSTGRESQL
async def test_postgresql_has_no_native_enum_and_the_app_owns_nothing(world: World) -> None:
    async with world.owner.connect() as connection:
        enums = await connection.exec_driver_sql("SELECT typname FROM pg_type WHERE typtype = 'e'")
        assert enums.all() == []
        owners = await connection.exec_driver_sql(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        )
        assert owners.scalars().all() == ["tracker_owner"]


@ON_POSTGRESQL
async def test_the_app_can_rewrite_nothing_published(world: World) -> None:
    async with world.owner.connect() as connection:
        granted = await connection.exec_driver_sql(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = 'tracker_app'"
        )
        verbs: dict[str, set[str]] = {}
        for table, verb in granted:
            verbs.setdefault(table, set()).add(verb)
    assert set(verbs) == set(metadata.tables) | {"alembic_version"}
    assert verbs.pop("alembic_version") == {"SELECT"}
    for table, allowed in verbs.items():
        assert allowed <= {"SELECT", "INSERT", "UPDATE", "DELETE"}, table
        if table in APPEND_ONLY:
            assert allowed == {"SELECT", "INSERT"}, table
