"""The error form: one exception that every action raises, one shape that every API answers (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus


def marked(text: str) -> str:
    """Mark a sentence for translation where no framework is known; it is translated when it is shown."""
    return text


_translate: Callable[[str], str] = marked


def set_translator(translate: Callable[[str], str]) -> None:
    """Let a host (the site) translate the sentences of errors into the reader's language."""
    global _translate
    _translate = translate


@dataclass(frozen=True)
class Place:
    """Where in a file or form something is wrong: `row` and `line` count from 1, `column` is a name or letter."""

    row: int | None = None
    column: str | None = None
    line: int | None = None
    field: str | None = None


class DomainError(Exception):
    """An action was refused for a reason that a person can mend.

    `code` is dotted and permanent (`registry.import.unknown-kind`); `message` is the sentence to show, a
    `marked` or lazily translated string with `%(name)s` places; `params` fills them; `status` is the HTTP
    status that fits.
    """

    def __init__(
        self,
        code: str,
        message: object,
        *,
        params: Mapping[str, object] | None = None,
        status: int = 422,
        place: Place | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.template = message
        self.params = dict(params or {})
        self.status = status
        self.place = place

    @property
    def message(self) -> str:
        """The sentence in the language that is active now."""
        text = _translate(self.template) if isinstance(self.template, str) else str(self.template)
        return text % self.params if self.params else text

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class NotAllowed(DomainError):
    """The actor may not do this; `message` is the policy's reason."""

    def __init__(self, code: str, message: object, *, params: Mapping[str, object] | None = None) -> None:
        super().__init__(code, message, params=params, status=403)


@dataclass(frozen=True)
class Problem:
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str = ""
    code: str = ""
    errors: Sequence[Mapping[str, object]] = field(default_factory=tuple)

    media_type = "application/problem+json"

    @classmethod
    def of(cls, error: DomainError, *, types: str = "about:blank") -> Problem:
        """Return the problem that tells `error` in the language that is active now.

        `types` is the address below which each code is explained; the code is added to it. The place in a
        file or form becomes the single entry of `errors`.
        """
        type_ = types if types == "about:blank" else f"{types.rstrip('/')}/{error.code}"
        places: tuple[Mapping[str, object], ...] = ()
        if error.place is not None:
            known = {name: value for name, value in vars(error.place).items() if value is not None}
            places = ({"detail": error.message, **known},)
        return cls(type_, _phrase(error.status), error.status, error.message, error.code, places)

    def members(self) -> dict[str, object]:
        """Return the members of the JSON document; empty ones are left out (RFC 9457 section 3.1)."""
        whole: dict[str, object] = {"type": self.type, "title": self.title, "status": self.status}
        more = {"detail": self.detail, "code": self.code, "errors": list(self.errors)}
        return whole | {name: value for name, value in more.items() if value}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
