"""Declared notices: each code has its texts in both languages, filled from parameters when they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language


@dataclass(frozen=True)
class NoticeCode:
    """A kind of notice: texts with `%(name)s` places, an icon, and whether people may turn its mail off."""

    code: str
    title_th: str
    title_en: str
    body_th: str
    body_en: str
    label_th: str
    label_en: str
    icon: str
    required: bool

    def title(self, params: Mapping[str, Any], language: str) -> str:
        """Return the title in `language`."""
        return fill(self.title_en if language == "en" else self.title_th, params, language)

    def body(self, params: Mapping[str, Any], language: str) -> str:
        """Return the text in `language`."""
        return fill(self.body_en if language == "en" else self.body_th, params, language)

    @property
    def label(self) -> str:
        """What this kind of notice is called, in the language that is active now."""
        return self.label_en if get_language() == "en" else self.label_th


NOTICES: dict[str, NoticeCode] = {}


def declare_notice(
    code: str,
    *,
    title_th: str,
    title_en: str,
    body_th: str,
    body_en: str,
    label_th: str = "",
    label_en: str = "",
    icon: str = "bell",
    required: bool = False,
) -> NoticeCode:
    """Declare a kind of notice once, in `AppConfig.ready` or at import of the app's `actions.py`.

    A place `%(agency)s` is filled from the parameter `agency_th` or `agency_en` where there is one, else from
    `agency`. `label_*` names the kind on the preferences page; without it the title stands there. A `required`
    notice cannot be turned off.
    """
    made = NoticeCode(
        code,
        title_th,
        title_en,
        body_th,
        body_en,
        label_th or title_th,
        label_en or title_en,
        icon,
        required,
    )
    NOTICES[code] = made
    return made


class _Places(dict[str, str]):
    """Parameters of one language; a missing one shows as an ellipsis instead of breaking the page."""

    def __missing__(self, name: str) -> str:
        return "…"


def fill(template: str, params: Mapping[str, Any], language: str) -> str:
    """Return `template` with its places filled for `language`."""
    places = _Places({name: str(value) for name, value in params.items()})
    suffix = f"_{language}"
    places.update(
        {name[: -len(suffix)]: str(value) for name, value in params.items() if name.endswith(suffix)}
    )
    return template % places
