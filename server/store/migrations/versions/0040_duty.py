"""Alarms, what is sent of them, channels, the duty roster and people's quiet hours; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_KINDS = (
    "kind IN ('screen_dark', 'notice_unconfirmed', 'source_silent', 'alerts_silent', 'disk', 'backup', "
    "'certificate', 'clock')"
)


def upgrade() -> None:
    _alarms()
    _channels()
    _roster()


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("begun", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("told", sa.DateTime(timezone=True)),
        sa.Column("told_count", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_told", sa.DateTime(timezone=True)),
        sa.Column("quiet", sa.DateTime(timezone=True)),
        sa.Column("ended", sa.DateTime(timezone=True)),
        sa.Column("acknowledged", sa.DateTime(timezone=True)),
        sa.Column("acknowledged_by", sa.String(), nullable=False, server_default=""),
        sa.Column("step", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("escalate_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(_KINDS, name=op.f("ck_alarms_kind")),
    )
    op.create_index("ix_alarms_ended", "alarms", ["ended"])
    op.create_index("ix_alarms_kind_area_ended", "alarms", ["kind", "area", "ended"])
    op.create_table(
        "alarm_deliveries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("alarm", sa.Integer(), sa.ForeignKey("alarms.id", name=op.f("fk_alarm_deliveries_alarm"))),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True)),
        sa.Column("sent", sa.DateTime(timezone=True)),
        sa.UniqueConstraint(
            "alarm", "step", "number", "target", name=op.f("uq_alarm_deliveries_alarm_step_number_target")
        ),
    )
    op.create_index("ix_alarm_deliveries_target_due", "alarm_deliveries", ["target", "due"])
    op.create_index("ix_alarm_deliveries_due", "alarm_deliveries", ["due"])
    op.create_table(
        "alarm_targets",
        sa.Column("target", sa.String(), primary_key=True),
        sa.Column("claimed", sa.DateTime(timezone=True)),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("error", sa.String(), nullable=False, server_default=""),
        sa.Column("last_sent", sa.DateTime(timezone=True)),
    )


def _channels() -> None:
    op.create_table(
        "duty_channels",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False, server_default=""),
        sa.Column("urgent_only", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("secret", sa.String(), nullable=False, server_default=""),
        sa.Column("renewal", sa.String(), nullable=False, server_default=""),
        sa.Column("app", sa.String(), nullable=False, server_default=""),
        sa.Column("app_secret", sa.String(), nullable=False, server_default=""),
        sa.Column("secret_until", sa.DateTime(timezone=True)),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("off", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('telegram', 'zalo', 'mail')", name=op.f("ck_duty_channels_kind")),
    )


def _roster() -> None:
    op.create_table(
        "duty_turns",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
    )
    op.create_index("ix_duty_turns_area", "duty_turns", ["area"])
    op.create_table(
        "duty_absences",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("last", sa.String(), nullable=False),
        sa.Column("substitute", sa.String(), nullable=False, server_default=""),
    )
    op.create_index("ix_duty_absences_area", "duty_absences", ["area"])
    op.create_table(
        "duty_preferences",
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("quiet_from", sa.Integer()),
        sa.Column("quiet_until", sa.Integer()),
        sa.Column("digest_at", sa.Integer()),
    )
    op.create_table(
        "duty_digests",
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("day", sa.String(), nullable=False),
    )


def downgrade() -> None:
    for name in (
        "duty_digests",
        "duty_preferences",
        "duty_absences",
        "duty_turns",
        "duty_channels",
        "alarm_targets",
        "alarm_deliveries",
        "alarms",
    ):
        op.drop_table(name)
