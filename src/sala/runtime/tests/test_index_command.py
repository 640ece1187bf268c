"""`./sala index`: what a person sees who computes an index, and who makes mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sala.runtime import index_cli

EXAMPLES = Path(__file__).parents[4] / "examples"
EGDI = ["--method", str(EXAMPLES / "egdi-2022/method.yaml"), "--data", str(EXAMPLES / "egdi-2022/data.csv")]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = index_cli.main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_an_index_is_checked_computed_explained_and_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "check", *EGDI)
    assert (code, err) == (0, "")
    assert "193 units, 193 ranked" in out
    folder = str(tmp_path / "egdi")
    code, out, _ = run(capsys, "compute", *EGDI, "--out", folder)
    assert code == 0
    assert "1  DNK            0.9717  Denmark" in out
    assert "and 183 more in results.csv" in out
    code, out, _ = run(capsys, "explain", folder, "THA")
    assert code == 0
    assert "EGDI · E-Government Development Index · 0.7660 · rank 55 of 193" in out
    assert "observed 0.7338 Score 0–1" in out
    code, out, _ = run(capsys, "explain", folder, "NZL")
    assert "printed instead of 0.943267: Printed by the UN" in out
    code, out, _ = run(capsys, "explain", folder, "THA", "--json")
    assert json.loads(out)["index"]["rank"] == 55
    code, out, _ = run(capsys, "recompute", folder)
    assert code == 0
    assert out.startswith("The same: 193 units")


def test_a_changed_number_is_told_with_its_unit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "egdi"
    run(capsys, "compute", *EGDI, "--out", str(folder))
    results = folder / "results.csv"
    results.write_text(results.read_text(encoding="utf-8").replace("0.766", "0.866"), encoding="utf-8")
    code, out, err = run(capsys, "recompute", str(folder))
    assert (code, out) == (1, "")
    for words in (
        "results.csv:",
        "unit        THA",
        "node        EGDI",
        "stored      0.866",
        "recomputed  0.766",
    ):
        assert words in err


def test_what_is_wrong_is_told_with_file_line_and_advice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.csv"
    text = (EXAMPLES / "egdi-2022/data.csv").read_text(encoding="utf-8")
    data.write_text(text.replace("0.7763,", "n.d.,").replace("VNM,", "VNN,"), encoding="utf-8")
    code, out, err = run(capsys, "compute", *EGDI[:3], str(data), "--out", str(tmp_path / "out"))
    assert (code, out) == (1, "")
    line = 1 + next(at for at, row in enumerate(text.splitlines()) if row.startswith("THA,"))
    assert f"{data}:{line}, osi: “n.d.” stands where “osi” of the unit “THA” needs a number." in err
    assert "→ Write a plain number" in err
    assert "The method does not know the unit “VNN”." in err
    assert "“VNM”, which the method knows, is not in the table." in err
    assert not (tmp_path / "out").exists()


def test_a_broken_method_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    method = tmp_path / "method.yaml"
    text = (EXAMPLES / "egdi-2022/method.yaml").read_text(encoding="utf-8")
    method.write_text(text.replace("weights: {sum: 3}", "weights: {sum: 1}"), encoding="utf-8")
    code, _, err = run(capsys, "check", "--method", str(method))
    assert code == 1
    assert f"{method}:" in err
    assert "nodes[0]: The weights under “EGDI” add up to 3.0, but the method says 1." in err


def test_mistakes_of_the_command_end_with_code_two(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        [],
        ["compute"],
        ["compute", *EGDI],
        ["dance"],
        ["compute", *EGDI, "--out", "x", "--seed", "-1"],
    ):
        with pytest.raises(SystemExit) as caught:
            index_cli.main(words)
        assert caught.value.code == 2
    assert "seed" in capsys.readouterr().err


def test_what_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(
        capsys, "compute", "--method", "no.yaml", "--data", "no.csv", "--out", str(tmp_path / "out")
    )
    assert code == 1
    assert "no.yaml cannot be read: No such file or directory." in err
    code, _, err = run(capsys, "explain", str(tmp_path / "nothing"), "THA")
    assert code == 1
    assert "holds no run" in err
    run(capsys, "compute", *EGDI, "--out", str(tmp_path / "egdi"))
    code, _, err = run(capsys, "explain", str(tmp_path / "egdi"), "Thailand")
    assert code == 1
    assert "There is no unit “Thailand” in this run." in err
    code, _, err = run(capsys, "compute", *EGDI, "--out", str(tmp_path / "egdi"))
    assert code == 1
    assert "is already there." in err
    code, _, _ = run(capsys, "compute", *EGDI, "--out", str(tmp_path / "egdi"), "--replace")
    assert code == 0


def test_thai_is_spoken_where_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "compute", *EGDI, "--out", str(tmp_path / "egdi"), "--language", "th")
    assert code == 0
    assert "เดนมาร์ก" in out
    code, out, _ = run(capsys, "explain", str(tmp_path / "egdi"), "THA", "--language", "th")
    assert "อันดับ 55 จาก 193" in out
    code, _, err = run(capsys, "explain", str(tmp_path / "egdi"), "ZZZ", "--language", "th")
    assert "ไม่มีหน่วย “ZZZ”" in err
