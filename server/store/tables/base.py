"""What all tables share: their metadata, rows as values and back, columns that several have; used by the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args

from sqlalchemy import Boolean, CheckConstraint, Column, MetaData, Table, false

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def columns_of(table: Table, made: type[DataclassInstance]) -> Sequence[Column[Any]]:
    """Those columns of ``table`` that a ``made`` is made of, in its order; what is no column is known otherwise."""
    return [table.c[field.name] for field in fields(made) if field.name in table.c]


def values_of(value: DataclassInstance) -> dict[str, Any]:
    """The row of a value; unlike ``asdict`` it leaves what is inside as it is, for the column types to pack."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def one_of(column: str, literal: object) -> CheckConstraint:
    """Only the words of ``literal``."""
    listed = ", ".join(f"'{word}'" for word in get_args(literal))
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def retired() -> Column[bool]:
    """True for what config once seeded and names no longer: kept for what refers to it, shown to nobody."""
    return Column("retired", Boolean, nullable=False, server_default=false())


def of_the_desk() -> Column[bool]:
    """True for what was made or changed at the desk: config seeds it no more, and does not retire it."""
    return Column("of_the_desk", Boolean, nullable=False, server_default=false())
