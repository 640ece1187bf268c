"""The vectorised kernel's view of a hierarchy: rows, weights and rules, without titles or lines.

A plan is what a thousand draws share: `aggregate` takes other weights without touching the method.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sala.engines.composite.copeland import whole_weights
from sala.engines.composite.exact import Floats
from sala.engines.composite.method import Method
from sala.engines.composite.rules import Aggregation


@dataclass(frozen=True)
class Step:
    """One aggregate: its row, the rows of its children, their weights and the rule between them."""

    row: int
    children: tuple[int, ...]
    weights: tuple[float, ...]
    rule: Aggregation

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """Weights in the smallest whole numbers with the same proportions, where there are such.

        So weights of 1, 1, 1 and of 0.1, 0.1, 0.1 give the same bits, and equal weights are plain sums.
        """
        whole = whole_weights(self.weights)
        return tuple(map(float, whole)) if whole is not None else self.weights

    def weighing(self, weights: Sequence[float] | None) -> tuple[float, ...]:
        """Return the weights to use: those of a draw where given."""
        return self.shares if weights is None else tuple(weights)


@dataclass(frozen=True, eq=False)
class Plan:
    """Rows 0 to `indicators` − 1 are indicators in the method's order; aggregates follow, the index last."""

    codes: tuple[str, ...]
    indicators: int
    directions: tuple[int, ...]
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, method: Method) -> Plan:
        """Return the plan of a method."""
        codes = tuple(node.code for node in (*method.indicators, *method.aggregates))
        row = {code: at for at, code in enumerate(codes)}
        return cls(
            codes=codes,
            indicators=len(method.indicators),
            directions=tuple(node.direction for node in method.indicators),
            steps=tuple(
                Step(
                    row[node.code],
                    tuple(row[child.code] for child in method.children(node.code)),
                    tuple(child.weight for child in method.children(node.code)),
                    method.aggregation(node),
                )
                for node in method.aggregates
            ),
        )

    @cached_property
    def row(self) -> dict[str, int]:
        """The row of each node."""
        return {code: at for at, code in enumerate(self.codes)}

    @property
    def root(self) -> int:
        """The row of the index."""
        return len(self.codes) - 1

    def share_in_parent(self) -> Floats:
        """Return each node's weight as a share of its parent's; the index has 1."""
        share = np.ones(len(self.codes))
        for step in self.steps:
            weights = np.asarray(step.weights)
            share[list(step.children)] = weights / weights.sum()
        return share

    def effective_weights(self) -> Floats:
        """Return each node's weight in the index: the product of shares on the way up.

        For a tree of arithmetic means the index is the scores times these weights; for other means they are the
        exponents or shares that the rules of the levels combine.
        """
        share = self.share_in_parent()
        for step in reversed(self.steps):
            share[list(step.children)] *= share[step.row]
        return share

    def parents(self) -> NDArray[np.int64]:
        """Return the row of each node's parent; the index has −1."""
        parent = np.full(len(self.codes), -1, dtype=np.int64)
        for step in self.steps:
            parent[list(step.children)] = step.row
        return parent
