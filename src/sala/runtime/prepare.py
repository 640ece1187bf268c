"""Everything between the installed packages and the first page: front end, texts, data, static files.

Each step has a stamp; where nothing changed since the last `up`, all of it takes a few hundredths of a second.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from sala.runtime import places
from sala.runtime.console import CannotGoOn, step
from sala.runtime.install import ensure_front_end_packages, requirements_file
from sala.runtime.processes import die_with_parent
from sala.runtime.stamps import Stamp, hash_of, quick_hash_of

SALA = places.SOURCES / "sala"


def _files(*patterns: str) -> Iterable[Path]:
    for pattern in patterns:
        for path in SALA.glob(pattern):
            if path.is_file() and "__pycache__" not in path.parts and "tests" not in path.parts:
                yield path


def _module(name: str, *arguments: str, env: Mapping[str, str], what: str) -> None:
    done = subprocess.run(
        [str(places.python()), "-m", name, *arguments],
        cwd=places.ROOT,
        env=dict(env),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise CannotGoOn(f"{what} failed.\n{said}", "./sala doctor")


def front_end(env: Mapping[str, str]) -> None:
    """Install npm packages and compile style sheet, fonts and icons."""
    ensure_front_end_packages()
    sources = [
        *_files(
            "**/templates/**/*", "**/styles/*", "**/forms.py", "**/templatetags/*.py", "runtime/frontend.py"
        ),
        places.ROOT / "package-lock.json",
    ]
    stamp, value = Stamp(places.build(), "front-end"), quick_hash_of(sources, str(places.build()))
    assets = places.build() / "assets"
    if stamp.matches(value) and assets.exists():
        return
    with step("Compiling the style sheet and fonts"):
        _module("sala.runtime.frontend", "build", env=env, what="Compiling the front end")
    stamp.set(value)


def texts(env: Mapping[str, str]) -> None:
    """Compile the catalogues of Thai texts."""
    stamp = Stamp(places.build(), "texts")
    value = quick_hash_of(_files("**/*.po"))
    if stamp.matches(value) and all(path.with_suffix(".mo").exists() for path in _files("**/*.po")):
        return
    with step("Compiling the Thai texts"):
        _module("sala.runtime.messages", "compile", env=env, what="Compiling the texts")
    stamp.set(value)


def data(env: Mapping[str, str], *, external: bool) -> None:
    """Migrate and load first data; on an operator's own server always, since others may have changed it."""
    sources = _files(
        "**/migrations/*.py", "**/management/commands/load_*.py", "**/data/**/*", "sandbox/**/*.py"
    )
    examples = [path for path in (places.ROOT / "examples").rglob("*") if path.is_file()]
    stamp = Stamp(places.var(), "first-data")
    value = hash_of(
        [*sources, *examples, SALA / "runtime" / "firstdata.py", requirements_file("prod")],
        env.get("SALA_DEMONSTRATION", ""),
    )
    if not external and stamp.matches(value):
        return
    sys.stdout.flush()
    done = subprocess.run(
        [str(places.python()), "-m", "sala.runtime.firstdata"], cwd=places.ROOT, env=dict(env), check=False
    )
    if done.returncode != 0:
        raise CannotGoOn("The first data could not be loaded; the reason stands above.", "./sala doctor")
    stamp.set(value)


def begin_static_files(env: Mapping[str, str]) -> Callable[[], None]:
    """Begin to collect and compress what browsers fetch; the function returned waits until it is done.

    It runs beside the loading of first data: one keeps the processor busy, the other the database.
    """
    assets = [path for path in (places.build() / "assets").rglob("*") if path.is_file()]
    stamp, folder = Stamp(places.build(), "static-files"), places.build() / "static"
    value = quick_hash_of([*assets, *_files("**/static/**/*"), requirements_file("prod")])
    if stamp.matches(value) and (folder / "staticfiles.json").exists():
        return lambda: None
    shutil.rmtree(folder, ignore_errors=True)
    running = subprocess.Popen(
        [str(places.python()), "-m", "sala.site.manage", "collectstatic", "--noinput", "--verbosity=0"],
        cwd=places.ROOT,
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=die_with_parent(signal.SIGTERM),  # also where we stop before it is awaited
    )

    def finish() -> None:
        with step("Collecting static files"):
            said, _ = running.communicate()
        if running.returncode != 0:
            raise CannotGoOn(
                "Collecting static files failed.\n" + "\n".join(said.splitlines()[-12:]), "./sala doctor"
            )
        stamp.set(value)

    return finish


def metrics_folder() -> str:
    """Return an empty folder where the web workers keep their counters together."""
    folder = places.build() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return str(folder)
