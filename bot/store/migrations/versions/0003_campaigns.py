"""Campaigns: what was started, what comes next for each person, and when they would like it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns, then the tables; whoever has been through `join` has joined and chosen."""
    op.add_column("participant", sa.Column("joined_at", sa.BigInteger(), nullable=True))
    op.add_column("participant", sa.Column("chosen", sa.String(length=8), nullable=True))
    op.add_column("participant", sa.Column("window_from", sa.Integer(), nullable=True))
    op.add_column("participant", sa.Column("window_to", sa.Integer(), nullable=True))
    op.add_column("participant", sa.Column("holidays", sa.String(length=16), nullable=True))
    op.execute(
        "UPDATE participant SET joined_at = created_at, chosen = 'dh' WHERE EXISTS ("
        "SELECT 1 FROM conversation WHERE conversation.participant = participant.id"
        " AND conversation.practice = 'join' AND conversation.status = 'closed')"
    )
    _campaign()
    _due()
    _pick()


def _campaign() -> None:
    op.create_table(
        "campaign",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_campaign")),
    )


def _due() -> None:
    op.create_table(
        "due",
        sa.Column("campaign", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant"], ["participant.id"], name=op.f("fk_due_participant")
        ),
        sa.PrimaryKeyConstraint("campaign", "step", "participant", "kind", name=op.f("pk_due")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_due_at"), "due", ["at"])
    op.create_index(op.f("ix_due_participant"), "due", ["participant"])


def _pick() -> None:
    op.create_table(
        "pick",
        sa.Column("campaign", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("span", sa.String(length=64), nullable=False),
        sa.Column("times", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant"], ["participant.id"], name=op.f("fk_pick_participant")
        ),
        sa.PrimaryKeyConstraint("campaign", "step", "participant", "span", name=op.f("pk_pick")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_pick_participant"), "pick", ["participant"])
