"""Faults are collected, so that whoever mends a file sees all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sala.engines.wire.errors import DomainError, Place

MOST = 100
"""More faults than this help nobody; the rest are counted, not kept."""


class Refused(DomainError):
    """A method, a table or a pair of them cannot be used.

    `problems` holds every fault that was found (at most 100), each a `DomainError` with its own code, sentence
    and place; the error itself speaks for the first one.
    """

    def __init__(self, problems: Sequence[DomainError], *, found: int | None = None) -> None:
        first = problems[0]
        super().__init__(
            first.code, first.template, params=first.params, status=first.status, place=first.place
        )
        self.problems = tuple(problems)
        self.found = found if found is not None else len(problems)


class Faults:
    """A list that faults are added to, and that refuses once all were looked for."""

    def __init__(self) -> None:
        self._kept: list[DomainError] = []
        self._found = 0

    def add(self, kind: str, message: str, /, *, place: Place | None = None, **params: object) -> None:
        """Note one fault; `message` is a `marked` sentence that `params` fill."""
        self._found += 1
        if len(self._kept) < MOST:
            self._kept.append(DomainError(f"composite.{kind}", message, params=params, place=place))

    def refuse_if_any(self) -> None:
        """Raise `Refused` with everything found so far, in the order of the file."""
        if self._kept:
            raise Refused(self._kept, found=self._found)

    def __bool__(self) -> bool:
        return bool(self._kept)

    def __iter__(self) -> Iterator[DomainError]:
        return iter(self._kept)


def refusal(kind: str, message: str, /, *, place: Place | None = None, **params: object) -> Refused:
    """Return a refusal for a single fault."""
    return Refused([DomainError(f"composite.{kind}", message, params=params, place=place)])
