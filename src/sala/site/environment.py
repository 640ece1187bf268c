"""Typed readers of the environment: each setting is declared once, and a wrong value refuses the start.

A declaration carries name, type, default and one sentence, from which `docs/reference/settings.md` is
generated. A secret can also come from a file: `NAME_FILE` names it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class WrongSetting(SystemExit):
    """The start is refused: names the setting, what was read, and an example that would do."""


@dataclass(frozen=True)
class Declared:
    name: str
    kind: str
    default: str
    sentence: str
    secret: bool = False


DECLARED: dict[str, Declared] = {}


def _read(name: str, *, secret: bool) -> str | None:
    """Return the raw value of `name`, or the content of the file that `NAME_FILE` names."""
    if secret and (path := os.environ.get(f"{name}_FILE")):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise WrongSetting(f"{name}_FILE={path}: cannot be read ({error.strerror}).") from None
    return os.environ.get(name)


def _setting(
    name: str,
    kind: str,
    default: T,
    sentence: str,
    parse: Callable[[str], T],
    example: str,
    *,
    secret: bool = False,
) -> T:
    shown = "" if default is None else str(default)
    DECLARED[name] = Declared(name, kind, "" if secret else shown, sentence, secret)
    raw = _read(name, secret=secret)
    if raw is None or raw == "":
        return default
    try:
        return parse(raw)
    except ValueError:
        read = "(hidden)" if secret else repr(raw)
        raise WrongSetting(f"{name}={read} is not {kind}. Example: {name}={example}") from None


def text(name: str, default: str, sentence: str, *, example: str = "text") -> str:
    """Read a setting that is plain text."""
    return _setting(name, "a text", default, sentence, str, example)


def secret(name: str, default: str, sentence: str) -> str:
    """Read a secret, from the variable or from the file that `NAME_FILE` names."""
    return _setting(name, "a secret", default, sentence, str, "…", secret=True)


def whole(name: str, default: int, sentence: str) -> int:
    """Read a whole number of zero or more."""

    def parse(raw: str) -> int:
        value = int(raw)
        if value < 0:
            raise ValueError(raw)
        return value

    return _setting(name, "a whole number of 0 or more", default, sentence, parse, str(default))


def yes_no(name: str, default: bool, sentence: str) -> bool:
    """Read a yes or no."""

    def parse(raw: str) -> bool:
        lowered = raw.lower()
        if lowered in {"1", "yes", "true", "on"}:
            return True
        if lowered in {"0", "no", "false", "off"}:
            return False
        raise ValueError(raw)

    return _setting(name, "yes or no", default, sentence, parse, "yes")


def words(name: str, default: list[str], sentence: str) -> list[str]:
    """Read a list of words parted by commas."""

    def parse(raw: str) -> list[str]:
        return [word.strip() for word in raw.split(",") if word.strip()]

    return _setting(name, "words parted by commas", default, sentence, parse, "a.example,b.example")


def folder(name: str, default: Path, sentence: str) -> Path:
    """Read the path of a folder; it is made where absent."""

    def parse(raw: str) -> Path:
        path = Path(raw).expanduser()
        if path.exists() and not path.is_dir():
            raise ValueError(raw)
        return path

    return _setting(name, "the path of a folder", default, sentence, parse, "/srv/sala")
