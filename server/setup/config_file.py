"""Reads config.toml into a Config and names every problem with its path; called by the command line.

Environment variables override the file: BANGTIN_SERVER__PORT=9000 sets port of [server].
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from server.core.text_input import cleaned_table
from server.setup.config import Config
from server.setup.config_contradictions import contradictions
from server.setup.config_environment import override
from server.setup.config_messages import problem_lines
from server.setup.config_places import read_outlines


class ConfigError(Exception):
    """config.toml is missing or wrong; ``problems`` are lines "path: problem", the problem in Vietnamese."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(path: Path, environment: Mapping[str, str]) -> Config:
    """Reads and checks the file ``path``; variables in ``environment`` override its values.

    Raises ConfigError with all problems found.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError([f"{path}: không tìm thấy tệp cấu hình; chỉ ra bằng --config"]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: không đọc được ({error})"]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: không phải TOML hợp lệ: {error}"]) from error
    override(values, environment)
    values = cleaned_table(values)
    problems = read_outlines(values, path.parent)
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        problems += problem_lines(error)
        raise ConfigError([f"{path}: {line}" for line in problems]) from error
    problems += contradictions(config)
    if problems:
        raise ConfigError([f"{path}: {line}" for line in problems])
    return config
