"""`./sala lock`: pins the packages of `requirements/*.in` with hashes into `requirements/*.txt`.

The compiled files name packages and hashes, never an index address. `requirements/compiled.sha256` says from
which `.in` files they were made, so that `./sala check` can tell without a network.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from sala.runtime import places
from sala.runtime.console import CannotGoOn, note, step
from sala.runtime.install import environment

NAMES = ("prod", "dev", "node")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    made = argparse.ArgumentParser(
        prog="./sala lock",
        description="Pin the packages of requirements/*.in with hashes; pins stay where they can.",
    )
    made.add_argument("--upgrade", action="store_true", help="take the newest version of everything")
    made.add_argument("--upgrade-package", action="append", default=[], metavar="NAME", help="of one package")
    return made


def main(arguments: Sequence[str]) -> int:
    """Compile all requirements."""
    wanted = parser().parse_args(arguments)
    for name in NAMES:
        with step(f"Pinning requirements/{name}.in"):
            _compile(name, wanted)
    _record_file().write_text("".join(f"{line}\n" for line in _sums()), encoding="ascii")
    note("Next: ./sala test, then commit requirements/")
    return 0


def _compile(name: str, wanted: argparse.Namespace) -> None:
    command = [
        str(places.venv() / "bin" / "uv"), "pip", "compile", "--quiet", "--universal", "--generate-hashes",
        "--python-version", "3.11", "--output-file", f"requirements/{name}.txt", f"requirements/{name}.in",
    ]  # fmt: skip
    if name == "dev":
        command += ["--constraint", "requirements/prod.txt"]
    if wanted.upgrade:
        command += ["--upgrade"]
    for package in wanted.upgrade_package:
        command += ["--upgrade-package", package]
    done = subprocess.run(
        command,
        cwd=places.ROOT,
        env=environment(UV_CUSTOM_COMPILE_COMMAND="./sala lock"),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CannotGoOn(f"requirements/{name}.in cannot be pinned:\n{done.stderr.strip()}")


def _record_file() -> Path:
    return places.REQUIREMENTS / "compiled.sha256"


def _sums() -> list[str]:
    """Return one line a file, in the form of sha256sum."""
    names = sorted(f"{name}.{kind}" for name in NAMES for kind in ("in", "txt"))
    return [
        f"{hashlib.sha256((places.REQUIREMENTS / name).read_bytes()).hexdigest()}  {name}" for name in names
    ]


def faults() -> Iterator[str]:
    """Yield what is wrong with the compiled requirements, without asking any index."""
    recorded = _record_file().read_text(encoding="ascii").splitlines() if _record_file().exists() else []
    if recorded != _sums():
        yield "requirements/*.txt were not compiled from requirements/*.in as they are now: ./sala lock"
    pins = {
        name: dict(PIN.findall((places.REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")))
        for name in NAMES
    }
    for package, version in pins["prod"].items():
        if pins["dev"].get(package) != version:
            yield f"requirements/dev.txt has another {package} than prod.txt: ./sala lock"
