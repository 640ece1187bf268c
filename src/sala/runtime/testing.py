"""`./sala test`: the tests, on a PostgreSQL of their own that need not survive a power cut.

The lane that lands leaves out tests marked `slow`. `--all` runs these as well, in parts: a part that passed
is not run again until a file changes, so an interrupted run resumes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sala.runtime import dataserver, places, prepare
from sala.runtime.console import CannotGoOn, note, say, step
from sala.runtime.install import as_root, ensure_front_end_packages, environment
from sala.runtime.postgres import Cluster

WORKERS = "2"
# Program to look for, Debian's package, what needs it.
OUTSIDE = (
    ("chromium", "chromium", "browser tests"),
    ("softhsm2-util", "softhsm2", "PKCS#11 tests"),
    ("pdftotext", "poppler-utils", "document tests"),
)
CLOSING = re.compile(r"(\d+) (passed|failed|error|errors|skipped|xfailed)")


@dataclass(frozen=True)
class Part:
    """Some tests that pass or fail together; the name tells a resumed run what it has done."""

    name: str
    arguments: tuple[str, ...]


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    made = argparse.ArgumentParser(
        prog="./sala test",
        description="Run the tests. Other arguments go to pytest: ./sala test src/sala/kernel/audit -k seal",
    )
    made.add_argument(
        "--all", action="store_true", help="with the slow ones, in parts that resume (90 minutes)"
    )
    made.add_argument("--again", action="store_true", help="with --all: run also the parts that passed")
    made.add_argument("--without-browser", action="store_true", help="leave out what needs Debian's chromium")
    return made


def main(arguments: Sequence[str]) -> int:
    """Run the tests and print a closing line."""
    wanted, rest = parser().parse_known_args(list(arguments))
    _install_outside_programs(without_browser=wanted.without_browser)
    with server() as url:
        env = _environment(url)
        ensure_front_end_packages()
        prepare.front_end(env)
        prepare.texts(env)
        marks = " and not browser" if wanted.without_browser else ""
        lane = Part("lane", (f"-m=not slow{marks}", *rest))
        if wanted.all:
            return _run_parts([lane, *_slow_parts(env, marks, rest)], env, again=wanted.again)
        return _run(lane, env)[0]


# --- what the machine must have -----------------------------------------------------------------------


def _install_outside_programs(*, without_browser: bool) -> None:
    """Install Debian's programs that tests drive, where we may; else name the command."""
    lacking = [
        (program, package, use)
        for program, package, use in OUTSIDE
        if not shutil.which(program) and not (without_browser and program == "chromium")
    ]
    if not lacking:
        return
    packages = [package for _, package, _ in lacking]
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        uses = ", ".join(f"{package} ({use})" for _, package, use in lacking)
        raise CannotGoOn(
            f"The tests need {uses}.",
            as_root(" ".join(command)),
            "./sala test --without-browser        (without chromium)",
        )
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step(f"Installing {', '.join(packages)} by apt"):
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, capture_output=True, check=False)
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotGoOn(
            f"apt could not install {', '.join(packages)}:\n{done.stderr.strip()}", " ".join(command)
        )


# --- the test server -----------------------------------------------------------------------------------


def test_cluster() -> Cluster:
    """Return the cluster of the tests: kept between runs, no fsync."""
    return Cluster(places.var() / "test-postgres", durable=False)


@contextmanager
def server() -> Iterator[str]:
    """Run the tests' server for a block; an operator's DATABASE_URL is used instead where it is set."""
    if places.external_database():
        yield os.environ.get("DATABASE_URL", "")
        return
    cluster = test_cluster()
    if cluster.major() not in (None, cluster.programs.major):
        cluster.remove()
    if cluster.running_pid() is not None and cluster.answers():
        yield cluster.url()  # another test run started it, and stops it when nobody is left
        return
    with step("Starting the tests' PostgreSQL"):
        cluster.ensure()
        child = dataserver.as_child(cluster)
        child.log = places.logs() / "test-postgres.log"
        child.start()
        cluster.wait_until_it_answers()
        cluster.ensure_database()
    try:
        yield cluster.url()
    finally:
        child.stop()


def _environment(url: str) -> dict[str, str]:
    env = environment(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="sala.site.settings_test")
    if os.environ.get("CI"):
        env["NO_COLOR"] = "1"
    return env


# --- running ---------------------------------------------------------------------------------------------


def _pytest(*arguments: str) -> list[str]:
    return [str(places.python()), "-m", "pytest", "-p", "no:cacheprovider", *arguments]


def _run(part: Part, env: dict[str, str], *, workers: str = WORKERS) -> tuple[int, dict[str, int]]:
    """Run one part on the terminal; return pytest's status and its closing counts."""
    spread = [] if workers == "0" else ["-n", workers, "--dist", "worksteal"]
    command = _pytest("-q", "--durations=10", "--durations-min=2", *spread, *part.arguments)
    counts: dict[str, int] = {}
    with subprocess.Popen(
        command, cwd=places.ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            if found := CLOSING.findall(line):
                counts = {
                    word.rstrip("s") if word == "errors" else word: int(number) for number, word in found
                }
    return running.returncode, counts


def _slow_parts(env: dict[str, str], marks: str, rest: Sequence[str]) -> list[Part]:
    """Return one part for each file that has slow tests."""
    with step("Looking for the slow tests"):
        done = subprocess.run(
            _pytest("--collect-only", "-q", f"-m=slow{marks}", "-p", "no:randomly", *rest),
            cwd=places.ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    files = sorted({line.split("::")[0] for line in done.stdout.splitlines() if "::" in line})
    return [Part(file, (f"-m=slow{marks}", file)) for file in files]


def _run_parts(parts: Sequence[Part], env: dict[str, str], *, again: bool) -> int:
    """Run all parts, remembering those that passed for exactly these files."""
    memory = places.var() / "test-all.json"
    state = _state_of_the_tree()
    passed: dict[str, dict[str, int]] = {}
    if memory.exists() and not again:
        kept = json.loads(memory.read_text(encoding="utf-8"))
        passed = kept["passed"] if kept.get("state") == state else {}
    total: dict[str, int] = {"passed": 0, "failed": 0, "skipped": 0}
    broken: list[str] = []
    for number, part in enumerate(parts, 1):
        if part.name in passed:
            note(f"part {number} of {len(parts)}: {part.name} passed before")
            counts = passed[part.name]
        else:
            note(f"part {number} of {len(parts)}: {part.name}")
            status, counts = _run(part, env, workers=WORKERS if part.name == "lane" else "0")
            if status == 0:
                passed[part.name] = counts
                memory.write_text(json.dumps({"state": state, "passed": passed}), encoding="utf-8")
            else:
                broken.append(part.name)
        total["passed"] += counts.get("passed", 0)
        total["failed"] += counts.get("failed", 0) + counts.get("error", 0)
        total["skipped"] += counts.get("skipped", 0)
    say()
    for name in broken:
        note(f"FAILED: {name}")
    say(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if broken else 0


def _state_of_the_tree() -> str:
    """Return a hash of every file that git knows or would know."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=places.ROOT,
        capture_output=True,
        check=True,
    ).stdout
    digest = hashlib.sha256()
    for name in sorted(os.fsdecode(raw) for raw in listed.split(b"\0") if raw):
        path = places.ROOT / name
        if path.is_file():
            digest.update(name.encode())
            digest.update(_content_hash(path))
    return digest.hexdigest()


def _content_hash(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
