"""Puts the pinned packages where this installation runs: `.venv` by uv, `node_modules` by npm.

Standard library only: this runs before anything is installed. No index address is named anywhere; pip, uv
and npm use what the machine is set up with.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sala.runtime import places
from sala.runtime.console import CannotGoOn, step
from sala.runtime.stamps import Stamp, hash_of

LEVELS = ("prod", "dev")


def requirements_file(level: str) -> Path:
    """Return the compiled requirements of `prod`, `dev` or `node`."""
    return places.REQUIREMENTS / f"{level}.txt"


def environment(**more: str) -> dict[str, str]:
    """Return the environment of our children: the packages first on the path, no Python of uv's own."""
    changed = {
        **os.environ,
        "VIRTUAL_ENV": str(places.venv()),
        "PATH": f"{places.venv() / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(places.SOURCES),  # wins over the .pth of a lent venv
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        **more,
    }
    changed.pop("PYTHONHOME", None)
    return changed


def run(command: list[str], what: str, *mends: str, env: Mapping[str, str] | None = None) -> None:
    """Run a set-up command in silence; where it fails, stop and show the end of what it said."""
    done = subprocess.run(
        command, cwd=places.ROOT, env=env or environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise CannotGoOn(f"{what} failed.\n{said}", *mends)


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the installation's lock, so that two commands at once do not install over each other."""
    places.build().mkdir(parents=True, exist_ok=True)
    held: IO[str]
    with (places.build() / "install.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


# --- Python packages ---------------------------------------------------------------------------------


def _record() -> dict[str, str]:
    """Return what the venv says it was made for, or nothing."""
    try:
        found = json.loads((places.venv() / "sala.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()}


def _wanted(level: str) -> dict[str, str]:
    wanted = {
        "folder": str(places.venv()),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "prod": hash_of([requirements_file("prod")]),
    }
    if level == "dev":
        wanted["dev"] = hash_of([requirements_file("dev")])
    return wanted


def is_ready(level: str) -> bool:
    """Whether the venv holds exactly the pinned packages of `level` (dev holds all of prod)."""
    if places.venv_is_lent():
        return places.python().exists()
    record = _record()
    return places.python().exists() and all(
        record.get(name) == value for name, value in _wanted(level).items()
    )


def ensure_packages(level: str) -> None:
    """Make the venv and bring it to the pinned packages of `level`; does nothing where it is so already."""
    if is_ready(level):
        return
    if places.venv_is_lent():
        raise CannotGoOn(
            f"SALA_VENV={places.venv()} holds no Python.",
            "unset SALA_VENV",
            "python3 -m venv " + str(places.venv()),
        )
    with _alone():
        if is_ready(level):  # another command was faster
            return
        if level == "prod" and "dev" in _record():
            level = "dev"  # never take the test packages away from someone who develops
        _ensure_venv()
        _ensure_uv()
        with step(f"Installing the packages of requirements/{level}.txt"):
            run(
                [
                    str(places.venv() / "bin" / "uv"), "pip", "sync", "--quiet", "--require-hashes",
                    str(requirements_file(level)),
                ],
                "Installing the pinned packages",
                "./sala doctor",
                env=_uv_environment(),
            )  # fmt: skip
        _put_sources_on_path()
        (places.venv() / "sala.json").write_text(json.dumps(_wanted(level), indent=1), encoding="utf-8")


def _ensure_venv() -> None:
    """Make the venv where it is absent, moved, or of another Python."""
    record = _record()
    wanted = _wanted("prod")
    same = record.get("folder") == wanted["folder"] and record.get("python") == wanted["python"]
    if places.python().exists() and (places.venv() / "bin" / "pip").exists() and (same or not record):
        return
    if not has_venv_module():
        raise CannotGoOn("This Python has no venv module.", venv_mend())
    if places.venv().exists():
        shutil.rmtree(places.venv())
    with step("Making .venv"):
        run(
            [sys.executable, "-m", "venv", str(places.venv())],
            "Making the virtual environment",
            venv_mend(),
            env=dict(os.environ),
        )


def has_venv_module() -> bool:
    """Whether `python3 -m venv` works here (Debian parts it off into a package of its own)."""
    done = subprocess.run(
        [sys.executable, "-c", "import venv, ensurepip"], capture_output=True, check=False
    )  # fmt: skip
    return done.returncode == 0


def venv_mend() -> str:
    """Return the command that brings the venv module."""
    return as_root("apt-get install -y python3-venv")


def as_root(command: str) -> str:
    """Return `command` as this user must type it."""
    return command if os.geteuid() == 0 else f"sudo {command}"


def _ensure_uv() -> None:
    """Install the pinned uv by pip, hashes checked."""
    lines = _pinned_lines("uv", requirements_file("prod").read_text(encoding="utf-8"))
    wanted = lines[0].split("==")[1].split()[0]
    uv = places.venv() / "bin" / "uv"
    if uv.exists():
        said = subprocess.run([str(uv), "--version"], capture_output=True, text=True, check=False).stdout
        if said.split()[1:2] == [wanted]:
            return
    with step("Installing uv"), tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder) / "uv.txt"
        pinned.write_text("\n".join(lines), encoding="utf-8")
        run(
            [
                str(places.python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                "--no-deps", "--require-hashes", "-r", str(pinned),
            ],
            "Installing uv",
            "./sala doctor",
        )  # fmt: skip


def _pinned_lines(package: str, requirements: str) -> list[str]:
    """Return the lines of one package (its pin and hashes) of a compiled requirements text."""
    found: list[str] = []
    for line in requirements.splitlines():
        if line.startswith(f"{package}=="):
            found = [line]
        elif found and line.startswith("    --hash="):
            found.append(line)
        elif found:
            break
    if not found:
        raise CannotGoOn(f"requirements name no {package}.", "./sala lock")
    return found


def _uv_environment() -> dict[str, str]:
    """Return the environment of uv, which does not read pip's configuration: hand on a mirror set there."""
    more: dict[str, str] = {}
    if not any(name in os.environ for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        asked = subprocess.run(
            [str(places.python()), "-m", "pip", "config", "--disable-pip-version-check", "list"],
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        for line in asked.stdout.splitlines():
            name, _, value = line.partition("=")
            if name in {"global.index-url", "user.index-url", ":env:.index-url"}:
                more["UV_DEFAULT_INDEX"] = value.strip("'\"")
    return environment(**more)


def _put_sources_on_path() -> None:
    """Make `import sala` work in the venv for editors, pytest and tools."""
    for packages in (places.venv() / "lib").glob("python*/site-packages"):
        (packages / "sala.pth").write_text(f"{places.SOURCES}\n", encoding="utf-8")


# --- front-end packages ---------------------------------------------------------------------------------


def npm() -> list[str] | None:
    """Return the command of the machine's npm, or of the one from requirements/node.txt, or nothing."""
    if (found := shutil.which("npm")) and shutil.which("node"):
        return [found]
    ours = _node_folder() / "bin" / "npm"
    return [str(ours)] if ours.exists() else None


def _node_folder() -> Path:
    return places.build() / "node"


def ensure_front_end_packages() -> None:
    """Install the packages of package-lock.json into node_modules; skipped while the lock is unchanged."""
    lock = places.ROOT / "package-lock.json"
    installed = places.ROOT / "node_modules"
    stamp = Stamp(installed, "sala")  # npm empties the folder, and with it the stamp
    value = hash_of([lock, places.ROOT / "package.json"])
    if stamp.matches(value):
        return
    with _alone():
        command = npm() or _node_from_packages()
        with step("Installing front-end packages"):
            run(
                [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
                "Installing the front-end packages",
                "./sala doctor",
                as_root("apt-get install -y nodejs npm"),
                env=environment(PATH=f"{_node_folder() / 'bin'}{os.pathsep}{environment()['PATH']}"),
            )
        stamp.set(value)


def _node_from_packages() -> list[str]:
    """Install Node from PyPI for a machine that has none."""
    with step("Installing Node from requirements/node.txt"):
        folder = _node_folder()
        if not (folder / "bin" / "python").exists():
            run(
                [sys.executable, "-m", "venv", "--without-pip", str(folder)],
                "Making a place for Node",
                venv_mend(),
            )
        run(
            [
                str(places.venv() / "bin" / "uv"), "pip", "sync", "--quiet", "--require-hashes",
                "--python", str(folder / "bin" / "python"), str(requirements_file("node")),
            ],
            "Installing Node",
            as_root("apt-get install -y nodejs npm"),
            env={**_uv_environment(), "VIRTUAL_ENV": str(folder)},
        )  # fmt: skip
    found = npm()
    if found is None:
        raise CannotGoOn("Node is missing.", as_root("apt-get install -y nodejs npm"))
    return found
