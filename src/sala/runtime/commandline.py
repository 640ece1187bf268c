"""The commands of `./sala`: which packages each needs, and which module does it."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from sala.runtime import install, places
from sala.runtime.console import CannotGoOn, refuse


@dataclass(frozen=True)
class Command:
    """One word after `./sala`.

    `needs` is the level of packages (`nothing`, `prod`, `dev`); `module` has `main(arguments) -> int` and, but
    for those that hand their arguments on, `parser()`.
    """

    name: str
    needs: str
    module: str
    sentence: str
    sentence_th: str
    hands_on: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("up", "prod", "sala.runtime.up", "Start everything on this machine.", "เปิดระบบทั้งหมดบนเครื่องนี้"),
    Command("test", "dev", "sala.runtime.testing", "Run the tests.", "รันชุดทดสอบ"),
    Command("check", "dev", "sala.runtime.checks", "Check form, types, imports, texts.", "ตรวจรูปแบบ ชนิดข้อมูล และข้อความ"),
    Command("bench", "dev", "sala.runtime.bench", "Measure, and print the figures.", "วัดประสิทธิภาพ"),
    Command("index", "prod", "sala.runtime.index_cli", "Compute, explain and publish an index.", "คำนวณและเผยแพร่ดัชนี"),
    Command("manage", "prod", "sala.runtime.manage", "Run one of the site's own commands.", "รันคำสั่งจัดการระบบ", hands_on=True),
    Command("backup", "prod", "sala.runtime.backup", "Write everything into one file.", "สำรองข้อมูลทั้งหมดเป็นไฟล์เดียว"),
    Command("restore", "prod", "sala.runtime.restore", "Bring a backup back.", "กู้คืนจากไฟล์สำรอง"),
    Command("upgrade", "prod", "sala.runtime.upgrade", "Bring older data to this release.", "ปรับข้อมูลรุ่นเก่าให้เป็นรุ่นนี้"),
    Command("doctor", "nothing", "sala.runtime.doctor", "Explain what this machine has and lacks.", "ตรวจเครื่องและบอกวิธีแก้"),
    Command("lock", "dev", "sala.runtime.lock", "Pin the packages of requirements/*.in.", "ตรึงรุ่นของแพ็กเกจ"),
    Command("messages", "prod", "sala.runtime.messages", "Keep the Thai texts.", "ดูแลข้อความภาษาไทย", hands_on=True),
)  # fmt: skip


def usage() -> str:
    """Return the overview that `./sala` alone prints."""
    lines = ["Usage: ./sala COMMAND [arguments]      ./sala COMMAND --help", ""]
    lines += [f"  {command.name:<9} {command.sentence:<42} {command.sentence_th}" for command in COMMANDS]
    return "\n".join(lines)


def _find(words: Sequence[str]) -> Command | None:
    return next((command for command in COMMANDS if words and command.name == words[0]), None)


def bootstrap(words: list[str]) -> int:
    """Install what the command needs, then become it under the interpreter that has the packages."""
    command = _find(words)
    if command is None:
        wanted_help = not words or words[0] in {"help", "-h", "--help"}
        if not wanted_help:
            print(f"sala: there is no command {words[0]!r}.\n", file=sys.stderr)
        print(usage())
        return 0 if wanted_help else 2
    try:
        if command.needs == "nothing":
            return _run(command, words[1:])
        install.ensure_packages(command.needs)
    except CannotGoOn as error:
        return refuse(error)
    except KeyboardInterrupt:
        return 130
    return _become(words)


def _become(words: list[str]) -> NoReturn:
    """Go on as the interpreter that has the packages; Ctrl-C then reaches one process only."""
    python = str(places.python())
    sys.stdout.flush()
    os.execve(python, [python, "-m", "sala.runtime", *words], install.environment())  # noqa: S606 - meant


def _run(command: Command, arguments: list[str]) -> int:
    return int(importlib.import_module(command.module).main(arguments) or 0)


def main(words: list[str]) -> int:
    """Run a command whose packages are installed."""
    command = _find(words)
    if command is None:
        return bootstrap(words)
    try:
        return _run(command, words[1:])
    except CannotGoOn as error:
        return refuse(error)
    except KeyboardInterrupt:
        return 130
