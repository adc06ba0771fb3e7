"""Slack: workspaces, visits, links between two places, and what is not sent yet."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns, then the tables."""
    op.add_column("address", sa.Column("preferred_at", sa.BigInteger(), nullable=True))
    op.add_column("conversation", sa.Column("address", sa.String(length=32), nullable=True))
    _unsent()
    _link()
    _workspace()


def _unsent() -> None:
    op.create_table(
        "unsent",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("ask", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant"], ["participant.id"], name=op.f("fk_unsent_participant")
        ),
        sa.PrimaryKeyConstraint("participant", "conversation", "ask", name=op.f("pk_unsent")),
    )
    op.create_index(op.f("ix_unsent_written_at"), "unsent", ["written_at"])


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("used_by", sa.String(length=32), nullable=True),
        sa.Column("agreed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant"], ["participant.id"], name=op.f("fk_link_participant")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_link")),
    )
    op.create_index(op.f("ix_link_participant"), "link", ["participant"])
    op.create_table(
        "link_try",
        sa.Column("chat", sa.String(length=272), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_link_try")),
    )


def _workspace() -> None:
    op.create_table(
        "workspace",
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("bot_user", sa.String(length=40), nullable=False),
        sa.Column("bot", sa.String(length=40), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("installed_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("platform", "id", name=op.f("pk_workspace")),
    )
    op.create_table(
        "visit",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_visit")),
    )
