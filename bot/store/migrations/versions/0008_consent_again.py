"""Consent asked for again: when somebody was asked about words they share, and let them stay."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns."""
    for name in ("asked_at", "kept_at"):
        op.add_column("shared", sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_index("ix_shared_given_at", "shared", ["given_at"])
