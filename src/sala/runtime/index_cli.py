"""`./sala index`: check, compute, explain and recompute an index from the command line.

Exit codes: 0 done, 1 the input was refused or a run does not come out again, 2 the command itself is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from babel.messages.pofile import read_po

from sala.engines import composite
from sala.engines.composite import Method, Recomputation, Refused, Run, Table, advice, compute, recompute
from sala.engines.composite.explaining import Explanation, Observation, Part
from sala.engines.composite.packing import opened
from sala.engines.composite.storing import number_text
from sala.engines.wire.errors import DomainError, marked, set_translator

SHOWN = 10
"""So many rows of a ranking are printed; the whole stands in results.csv."""

FAULTS_SHOWN = 25
"""So many faults are printed; whoever mends these has read enough at once."""


def main(argv: Sequence[str]) -> int:
    """Run one of the sub-commands; print what is wrong, where, and how to mend it."""
    wanted = parser().parse_args(list(argv))
    language = wanted.language or ("th" if os.environ.get("LANG", "").startswith("th") else "en")
    tell = _Sentences(language)
    set_translator(tell)
    try:
        return int(wanted.run(wanted, tell))
    except Refused as error:
        _report(error, wanted, tell)
        return 1
    except BrokenPipeError:
        # Whoever read the output, such as `head`, has enough.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - stays open until the end
        return 0
    finally:
        set_translator(marked)


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    made = argparse.ArgumentParser(
        prog="./sala index", description="Compute an index that anyone can repeat."
    )
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--language", choices=["th", "en"], help="of what is printed; LANG decides where it is not given"
    )
    commands = made.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, sentence: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[shared], help=sentence, description=sentence)

    def sources(one: argparse.ArgumentParser, *, data_needed: bool) -> None:
        one.add_argument("--method", required=True, type=Path, metavar="METHOD.yaml", help="the methodology")
        one.add_argument(
            "--data",
            required=data_needed,
            type=Path,
            metavar="DATA",
            help="observations: CSV, XLSX or Parquet",
        )
        one.add_argument("--sheet", help="the sheet of a workbook; the first one where it is not given")

    one = command("check", "Check a method, or a method and its data, and write nothing.")
    sources(one, data_needed=False)
    one.set_defaults(run=_check)
    one = command("compute", "Compute an index and write it as a folder that proves itself.")
    sources(one, data_needed=True)
    one.add_argument("--out", required=True, type=Path, metavar="DIR", help="the folder to write")
    one.add_argument("--seed", type=_seed, default=0, help="part of the run's identity (default 0)")
    one.add_argument("--replace", action="store_true", help="replace an earlier run in that folder")
    one.set_defaults(run=_compute)
    one = command("explain", "Explain a unit's figure down to its observations.")
    one.add_argument(
        "folder",
        type=Path,
        metavar="BUNDLE",
        help="a folder that compute wrote, or the ZIP of a published ranking",
    )
    one.add_argument("unit", metavar="UNIT", help="the code of a unit")
    one.add_argument("--json", action="store_true", help="print everything as JSON")
    one.set_defaults(run=_explain)
    one = command("recompute", "Compute a run again and compare every number with what is stored.")
    one.add_argument(
        "folder",
        type=Path,
        metavar="BUNDLE",
        help="a folder that compute wrote, or the ZIP of a published ranking",
    )
    one.set_defaults(run=_recompute)
    return made


def _seed(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**53:
        raise argparse.ArgumentTypeError("a whole number from 0 to 2^53 - 1")
    return number


class _Sentences:
    """The Thai of the engine's and this command's sentences, read from their catalogues."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._thai: dict[str, str] = {}
        if language == "th":
            for package in (Path(composite.__file__).parent, Path(__file__).parent):
                source = package / "locale" / "th" / "LC_MESSAGES" / "django.po"
                if source.exists():
                    with source.open("rb") as file:
                        catalogue = read_po(file, locale="th")
                    self._thai |= {
                        str(message.id): str(message.string)
                        for message in catalogue
                        if message.id and message.string
                    }

    def __call__(self, text: str) -> str:
        return self._thai.get(text, text)


# --- commands -----------------------------------------------------------------------------------------------


def _check(wanted: argparse.Namespace, tell: _Sentences) -> int:
    method = Method.load(wanted.method)
    print(
        tell(
            marked("%(title)s, version %(version)s (indicators: %(indicators)s, aggregates: %(aggregates)s)")
        )
        % {
            "title": method.title.in_language(tell.language),
            "version": method.version,
            "indicators": len(method.indicators),
            "aggregates": len(method.aggregates),
        }
    )
    if wanted.data:
        run = compute(method, Table.read(wanted.data, sheet=wanted.sheet))
        print(tell(marked("%(units)s units, %(ranked)s ranked")) % _counts(run))
    print(tell(marked("Everything fits.")))
    return 0


def _compute(wanted: argparse.Namespace, tell: _Sentences) -> int:
    method = Method.load(wanted.method)
    run = compute(method, Table.read(wanted.data, sheet=wanted.sheet), seed=wanted.seed)
    folder = run.save(wanted.out, replace=wanted.replace)
    print(f"{method.title.in_language(tell.language)} ({method.version})")
    print(tell(marked("%(units)s units, %(ranked)s ranked")) % _counts(run))
    _ranking(run, tell)
    print()
    print(tell(marked("method  %(hash)s")) % {"hash": run.method_hash})
    print(tell(marked("data    %(hash)s")) % {"hash": run.data_hash})
    print(tell(marked("result  %(hash)s")) % {"hash": run.result_hash})
    print(tell(marked("written to %(folder)s")) % {"folder": folder})
    return 0


def _counts(run: Run) -> dict[str, int]:
    ranks = run.ranks()
    return {"units": len(run.units), "ranked": int((ranks == ranks).sum())}


def _ranking(run: Run, tell: _Sentences) -> None:
    table = run.results()
    index = run.method.index.code
    title = f"title_{tell.language}" if f"title_{tell.language}" in table.columns else None
    decimals = run.method.printing.decimals
    for row in table.head(SHOWN).iter_rows(named=True):
        rank = "–" if row["rank"] is None else f"{row['rank']:g}"
        print(
            f"{rank:>6}  {row['unit']:<8} {_figure(row[index], decimals):>12}  {row[title] if title else ''}".rstrip()
        )
    if table.height > SHOWN:
        print(tell(marked("        … and %(count)s more in results.csv")) % {"count": table.height - SHOWN})


def _figure(value: float | None, decimals: int | None) -> str:
    if value is None:
        return "–"
    return f"{value:.{decimals}f}" if decimals is not None else f"{value:.6g}"


def _explain(wanted: argparse.Namespace, tell: _Sentences) -> int:
    with opened(wanted.folder) as folder:
        run = Run.load(folder)
    explanation = run.explain(wanted.unit)
    if wanted.json:
        print(json.dumps(explanation.as_dict(), ensure_ascii=False, indent=1))
        return 0
    _print_explanation(explanation, run, tell)
    return 0


def _print_explanation(explanation: Explanation, run: Run, tell: _Sentences) -> None:
    title = explanation.titles.get(tell.language) or next(iter(explanation.titles.values()), "")
    print(f"{explanation.unit}  {title}".rstrip())
    if not explanation.included:
        print(
            tell(marked("Not scored: only %(share)s %% of its indicators have a value."))
            % {"share": round(explanation.share_present * 100)}
        )
    decimals = run.method.printing.decimals
    _print_part(explanation.index, 0, explanation, decimals, tell)


def _print_part(
    part: Part, depth: int, explanation: Explanation, decimals: int | None, tell: _Sentences
) -> None:
    words = [f"{'  ' * depth}{part.code}", part.title.in_language(tell.language)]
    words.append(_figure(part.printed, decimals))
    if part.rank is not None:
        words.append(
            tell(marked("rank %(rank)s of %(count)s"))
            % {"rank": f"{part.rank:g}", "count": explanation.ranked}
        )
    if depth:
        words.append(tell(marked("weight %(share)s %%")) % {"share": f"{part.share * 100:.4g}"})
        words.append(
            tell(marked("in the index %(share)s %%")) % {"share": f"{part.effective_weight * 100:.4g}"}
        )
    if part.contribution is not None and part.contribution_kind == "addend":
        words.append(tell(marked("adds %(number)s")) % {"number": f"{part.contribution:.6g}"})
    elif part.contribution is not None and part.contribution_kind == "factor":
        words.append(tell(marked("multiplies by %(number)s")) % {"number": f"{part.contribution:.6g}"})
    print(" · ".join(words))
    indent = "  " * (depth + 2)
    if part.override:
        print(
            indent
            + tell(marked("printed instead of %(number)s: %(reason)s"))
            % {
                "number": f"{part.score:.6g}" if part.score is not None else "–",
                "reason": part.override.in_language(tell.language),
            }
        )
    for gate in part.gates:
        print(
            indent
            + tell(marked("gate not passed: %(child)s is below %(floor)s"))
            % {"child": gate.child, "floor": f"{gate.at_least:g}"}
        )
    if part.observation:
        print(indent + _observed(part.observation, tell))
    for child in part.children:
        _print_part(child, depth + 1, explanation, decimals, tell)


def _observed(one: Observation, tell: _Sentences) -> str:
    """Return an indicator's way from the observation to its score in one line."""
    steps = [
        tell(marked("observed %(number)s")) % {"number": _plain(one.raw)}
        + (f" {one.unit.in_language(tell.language)}" if one.unit else "")
    ]
    if one.denominator:
        steps.append(
            tell(marked("divided by %(name)s %(size)s: %(number)s"))
            % {
                "name": one.denominator,
                "size": _plain(one.denominator_value),
                "number": _plain(one.denominated),
            }
        )
    if one.imputation:
        steps.append(
            tell(marked("imputed (%(rule)s): %(number)s"))
            % {"rule": one.imputation, "number": _plain(one.imputed)}
        )
    if one.treatment:
        steps.append(
            tell(marked("treated (%(rule)s): %(number)s"))
            % {"rule": one.treatment, "number": _plain(one.treated)}
        )
    if one.rule != "none":
        scale = ", ".join(f"{name} {value:.6g}" for name, value in one.scale.items())
        steps.append(
            tell(marked("scored (%(rule)s; %(scale)s): %(number)s"))
            % {"rule": one.rule, "scale": scale, "number": _plain(one.normalised)}
        )
    return " → ".join(steps)


def _plain(value: float | None) -> str:
    return "–" if value is None else number_text(float(f"{value:.10g}"))


def _recompute(wanted: argparse.Namespace, tell: _Sentences) -> int:
    with opened(wanted.folder) as folder:
        found = recompute(folder)
    if not found.same_engine:
        print(
            tell(marked("Made by version %(stored)s of the engine; this is version %(here)s."))
            % {"stored": found.stored.get("engine_version"), "here": composite.ENGINE_VERSION}
        )
    if found.same and found.run is not None:
        print(
            tell(marked("The same: %(units)s units, every stage and every figure. result %(hash)s"))
            % {"units": len(found.run.units), "hash": found.run.result_hash}
        )
        return 0
    _print_difference(found, tell)
    return 1


def _print_difference(found: Recomputation, tell: _Sentences) -> None:
    one = found.difference
    if one is None:
        return
    print(
        tell(marked("Not the same. The first difference is in %(where)s.")) % {"where": one.where},
        file=sys.stderr,
    )
    for label, value in (
        (marked("  unit        %(value)s"), one.unit),
        (marked("  node        %(value)s"), one.node),
        (marked("  stored      %(value)s"), one.stored),
        (marked("  recomputed  %(value)s"), one.recomputed),
    ):
        if value is not None:
            print(tell(label) % {"value": value}, file=sys.stderr)


# --- what is wrong, where, and how to mend it ------------------------------------------------------------------


def _report(error: Refused, wanted: argparse.Namespace, tell: _Sentences) -> None:
    advised: set[str] = set()
    for problem in error.problems[:FAULTS_SHOWN]:
        print(f"{_where(problem, wanted)}{problem.message}", file=sys.stderr)
        hint = advice(problem)
        # The same advice under a hundred rows would bury them.
        if hint and hint not in advised:
            advised.add(hint)
            print(f"    → {tell(hint)}", file=sys.stderr)
    left = error.found - FAULTS_SHOWN
    if left > 0:
        print(tell(marked("… and %(count)s more.")) % {"count": left}, file=sys.stderr)


def _where(problem: DomainError, wanted: argparse.Namespace) -> str:
    """Return `file:line, column: ` as far as it is known."""
    kind = problem.code.removeprefix("composite.").partition(".")[0]
    files = {"method": getattr(wanted, "method", None), "table": getattr(wanted, "data", None)}
    path = files.get(kind) or (getattr(wanted, "data", None) if kind == "run" else None)
    place = problem.place
    parts = []
    if path is not None and place is not None:
        parts.append(f"{path}:{place.line}" if place.line else str(path))
    elif place and place.line:
        parts.append(f":{place.line}")
    if place and place.column:
        parts.append(place.column)
    if place and place.field and kind == "method":
        parts.append(place.field)
    return f"{', '.join(parts)}: " if parts else ""
