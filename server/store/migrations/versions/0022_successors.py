"""Which announcement took another one's place is a column of its own, not read from a sentence; run by Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_SENTENCE = "Thay bằng thông báo số "


def upgrade() -> None:
    op.add_column("announcements", sa.Column("successor", sa.Integer(), nullable=True))
    table = sa.table(
        "announcements", sa.column("id"), sa.column("state"), sa.column("reason"), sa.column("successor")
    )
    conn = op.get_bind()
    wanted = sa.and_(table.c.state == "withdrawn", table.c.reason.startswith(_SENTENCE))
    for row in conn.execute(sa.select(table.c.id, table.c.reason).where(wanted)).all():
        number = row.reason.removeprefix(_SENTENCE)
        if number.isdecimal():
            conn.execute(table.update().where(table.c.id == row.id).values(successor=int(number)))


def downgrade() -> None:
    op.drop_column("announcements", "successor")
