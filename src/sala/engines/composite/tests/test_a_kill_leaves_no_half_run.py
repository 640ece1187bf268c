"""A process that is killed while it saves leaves the earlier run or the new one, never a part."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sala.engines.composite import recompute

ROOT = Path(__file__).parents[5]

SAVING = """
import sys
from pathlib import Path
from sala.engines.composite import Method, Table, compute

examples, folder = Path(sys.argv[1]) / "egdi-2022", sys.argv[2]
method, table = Method.load(examples / "method.yaml"), Table.read(examples / "data.csv")
print("ready", flush=True)
for seed in range(10_000):
    compute(method, table, seed=seed).save(folder, replace=True)
    print(seed, flush=True)
"""


@pytest.mark.crash
def test_five_kills_leave_a_whole_run_each_time(tmp_path: Path) -> None:
    chance = random.Random(3)
    seen = False
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", SAVING, str(ROOT / "examples"), str(tmp_path / "run")],
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.05, 0.6))
        process.kill()
        process.communicate()
        if (tmp_path / "run").exists():
            seen = True
            assert recompute(tmp_path / "run").same
        else:
            assert not seen, "an earlier run vanished"
    assert seen
