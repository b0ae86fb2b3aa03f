"""Find editions by jurisdiction, choose watched cells, and say for whom a job is done

Revision ID: 0028
Revises: 0026
"""

import base64
import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing chosen is all of them, which is what those that are there watch.
    op.add_column("subscription", sa.Column("cells", sa.JSON(), server_default="[]", nullable=False))
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("subscription", "cells", server_default=None)
    op.add_column("job", sa.Column("owner", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_job_owner_state"), "job", ["owner", "state"], unique=False)
    op.create_table(
        "published_edition_place",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["published_edition.id"],
            name=op.f("fk_published_edition_place_edition_id_published_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"],
            ["jurisdiction.id"],
            name=op.f("fk_published_edition_place_jurisdiction_id_jurisdiction"),
        ),
        sa.PrimaryKeyConstraint("edition_id", "jurisdiction_id", name=op.f("pk_published_edition_place")),
    )
    op.create_index(
        op.f("ix_published_edition_place_jurisdiction_id_edition_id"),
        "published_edition_place",
        ["jurisdiction_id", "edition_id"],
        unique=False,
    )
    _fill()
    _guard()


def _fill() -> None:
    """Those of the editions that are final already, from what their snapshots froze."""
    db = op.get_bind()
    found = db.execute(
        sa.text(
            "SELECT e.id, s.canonical FROM published_edition e JOIN published_snapshot s ON s.id = e.snapshot_id"
        )
    )
    place = sa.text(
        "INSERT INTO published_edition_place (edition_id, jurisdiction_id) "
        "SELECT :edition, id FROM jurisdiction WHERE code = :code"
    )
    for edition, canonical in found.all():
        packed = canonical.startswith("~")
        text = zlib.decompress(base64.b64decode(canonical[1:])).decode() if packed else canonical
        for one in json.loads(text)["jurisdictions"]:
            db.execute(place, {"edition": edition, "code": one["code"]})


def _guard() -> None:
    table = "published_edition_place"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def downgrade() -> None:
    raise NotImplementedError("restore a back-up instead")
