"""The same run has the same id where numpy uses other instructions of the processor."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

ROOT = Path(__file__).parents[5]

RUN = """
import sys
from pathlib import Path
from sala.engines.composite import Method, Table, compute

folder = Path(sys.argv[1]) / "asem"
table = Table.read(folder / "data.csv")
text = (folder / "method.yaml").read_text(encoding="utf-8")
for mean in ("arithmetic", "geometric", "harmonic", "generalised, power: 0.3", "copeland, score: share"):
    for scores in ("min-max, range: [1, 100]", "z-score, mean: 100, deviation: 10", "percentile-rank, range: [1, 2]"):
        changed = text.replace("rule: arithmetic", f"rule: {mean}").replace("min-max, range: [0, 100]", scores)
        changed = changed.replace("printing: {decimals: 2, half: even}", "")
        assert changed != text
        print(compute(Method.load(changed), table).result_hash)
"""


def hashes(**environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(ROOT / "examples")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_the_hashes_are_the_same_without_the_newer_instructions() -> None:
    dispatched = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
    found = hashes()
    assert len(set(found)) == 15
    assert hashes(NPY_DISABLE_CPU_FEATURES=" ".join(dispatched)) == found
