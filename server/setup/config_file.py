"""Reads config.toml into a Config and names every problem with its path; called by server.cli.context.

Environment variables override the file: BANGTIN_SERVER__PORT=9000 sets port of [server].
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from server.setup.config import Config
from server.setup.config_contradictions import contradictions
from server.setup.config_environment import override
from server.setup.config_messages import problem_lines


class ConfigError(Exception):
    """What is wrong in config.toml; ``problems`` are lines of "path: what", in Vietnamese."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(path: Path, environment: Mapping[str, str]) -> Config:
    """Reads and checks ``path``. Raises ConfigError with every problem found, each with its place."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError([f"{path}: không tìm thấy tệp cấu hình; chỉ ra bằng --config"]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: không đọc được ({error})"]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: không phải TOML hợp lệ: {error}"]) from error
    override(values, environment)
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError([f"{path}: {line}" for line in problem_lines(error)]) from error
    problems = list(contradictions(config))
    if problems:
        raise ConfigError([f"{path}: {line}" for line in problems])
    return config
