"""Overrides values of config.toml by environment variables; called by server.setup.config_file.

BANGTIN_SECTION__KEY sets a key of a section, BANGTIN_KEY a key outside sections; a variable that names no field of
Config (BANGTIN_DATA) is ignored. pydantic-settings finds the variables. This module adds two rules: a value is read
as TOML or, if that fails, as plain text; and a plain value of the file is never replaced by a section.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from server.setup.config import Config

PREFIX = "BANGTIN_"


class _Settings(BaseSettings, Config):
    """The fields of Config as a settings class, which pydantic-settings requires; never instantiated."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")


class _Variables(EnvSettingsSource):
    """Reads ``environment`` instead of os.environ; a call returns {field of Config: value or {key: value}}."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(_Settings, case_sensitive=True, env_prefix=PREFIX.lower(), env_nested_delimiter="__")
        self.env_vars = {name.lower(): text for name, text in environment.items() if name.startswith(PREFIX)}

    def field_is_complex(self, field: FieldInfo) -> bool:  # noqa: ARG002 - the signature is pydantic-settings'
        """True, so that every value is decoded by ``decode_complex_value``, also strings and numbers."""
        return True

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: str) -> object:  # noqa: ARG002 - as above
        try:
            return tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            return value

    def whole(self, name: str) -> bool:
        """True if a variable sets the field ``name`` itself, not only keys of its section."""
        return f"{self.env_prefix}{name}" in self.env_vars


def override(values: dict[str, object], environment: Mapping[str, str]) -> None:
    """Changes ``values``, the parsed file, in place: adds what the variables in ``environment`` set.

    Where the file has a plain value instead of a section, that value stays, so that Config reports the mistake.
    """
    variables = _Variables(environment)
    for name, value in variables().items():
        section = values.setdefault(name, {})
        if variables.whole(name) or not isinstance(value, dict):
            values[name] = value
        elif isinstance(section, dict):
            section.update(value)
