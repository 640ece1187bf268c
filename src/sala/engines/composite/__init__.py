"""From observations to an index: a methodology as data, a table of values, and a run that anyone can repeat.

Words it owns: method, node (aggregate or indicator), level, stage (raw, denominated, imputed, treated,
normalised, aggregated), unit (what is ranked), observation, run, gate, override, printed value, rank.

It is pure: a method and a table go in, a run comes out, and the same input gives the same bits on every machine.
It knows no agency, no survey and no page, asks no database or network, and writes files only where a run is
saved.
"""

from sala.engines.composite.advice import advice
from sala.engines.composite.method import Method
from sala.engines.composite.problems import Refused
from sala.engines.composite.proving import Recomputation, recompute
from sala.engines.composite.run import Run, compute
from sala.engines.composite.table import Table
from sala.engines.composite.version import ENGINE_VERSION

__all__ = [
    "ENGINE_VERSION",
    "Method",
    "Recomputation",
    "Refused",
    "Run",
    "Table",
    "advice",
    "compute",
    "recompute",
]
