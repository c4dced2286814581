"""Metadata and columns that the tables share, and the conversion of dataclasses to rows; used by server.store."""

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


def columns_of(table: Table, dataclass: type[DataclassInstance]) -> Sequence[Column[Any]]:
    """The columns of ``table`` that ``dataclass`` has fields for, in the order of the fields."""
    return [table.c[field.name] for field in fields(dataclass) if field.name in table.c]


def values_of(value: DataclassInstance) -> dict[str, object]:
    """The fields of a dataclass instance as column values; nested dataclasses stay, the column types convert them."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def one_of(column: str, literal: object) -> CheckConstraint:
    """A CHECK constraint: the column holds one of the words of the ``Literal`` type ``literal``."""
    listed = ", ".join(f"'{word}'" for word in get_args(literal))
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def retired() -> Column[bool]:
    """The column ``retired``: true for a row that is out of use, not listed, and kept because others refer to it."""
    return Column("retired", Boolean, nullable=False, server_default=false())


def of_the_desk() -> Column[bool]:
    """The column ``of_the_desk``: true for a row made or changed at the desk, which config.toml no longer changes."""
    return Column("of_the_desk", Boolean, nullable=False, server_default=false())
