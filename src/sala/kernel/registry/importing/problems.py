"""What can be wrong with an imported file: one code for each, one sentence in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Severity = Literal["error", "warning", "correction", "notice"]

SENTENCES: dict[str, Promise | str] = {
    # the file
    "too-large": _("The file is %(size)s MB; at most %(limit)s MB are accepted."),
    "empty": _("The file is empty."),
    "macros": _("The workbook contains macros. Save it as .xlsx without macros and upload that."),
    "encrypted": _("The workbook is protected by a password. Remove the password and upload it again."),
    "old-excel": _("This is an Excel file of the old kind (.xls). Save it as .xlsx or CSV and upload that."),
    "not-a-workbook": _("This is not an Excel workbook, or it is damaged (%(detail)s)."),
    "zip-bomb": _(
        "The workbook would unpack to %(size)s MB (%(ratio)s times its size), which is more than is safe to open."
    ),
    "too-many-rows": _("Sheet “%(sheet)s” reaches to row %(rows)s; at most %(limit)s rows are read."),
    "too-many-columns": _(
        "Sheet “%(sheet)s” reaches to column %(columns)s; at most %(limit)s columns are read."
    ),
    "too-many-problems": _("There are more problems than the %(limit)s listed here."),
    "wrong-encoding": _(
        "The text cannot be read as %(encoding)s: line %(line)s, byte %(byte)s (0x%(value)s). "
        "Save the file as UTF-8, or name its encoding in the mapping."
    ),
    "utf-16": _("The file is UTF-16. Save it as UTF-8 (CSV UTF-8 in Excel)."),
    "binary": _("This is not a text file: line %(line)s holds a byte of zero."),
    "csv-broken": _("The CSV is broken at line %(line)s: %(detail)s."),
    "read-as": _("The file was read as %(encoding)s."),
    "no-sheet": _("There is no sheet “%(sheet)s”. The workbook has: %(sheets)s."),
    "csv-one-table": _(
        "A CSV file holds one table, but this mapping reads several sheets. Upload the workbook."
    ),
    "no-header": _("Row %(row)s, which should hold the column names, does not exist."),
    "no-column": _("The column “%(column)s” is missing. The columns are: %(columns)s."),
    "column-twice": _("The column “%(column)s” appears twice."),
    "no-rows": _("The sheet has no rows below its header."),
    # the cells
    "required": _("“%(column)s” must not be empty."),
    "unknown-value": _("“%(value)s” is not known in “%(column)s”. Known are: %(known)s."),
    "not-a-number": _("“%(value)s” in “%(column)s” is not a whole number."),
    "not-a-date": _("“%(value)s” in “%(column)s” is not a date."),
    "not-an-address": _("“%(value)s” in “%(column)s” is not a web address."),
    "not-a-code": _("“%(value)s” is not a code: use letters, digits, dots, hyphens, at most 40 signs."),
    "too-long": _("“%(column)s” is %(length)s signs long; at most %(limit)s fit."),
    "error-cell": _("The cell holds the formula error that Excel shows as #REF!, #DIV/0! or the like."),
    "too-many-cells": _("The row has %(cells)s cells; the header has %(columns)s."),
    "control-signs": _("“%(column)s” holds a control character."),
    # the rows together
    "duplicate-code": _("The code “%(code)s” was used in row %(first)s already."),
    "unknown-organisation": _(
        "There is no organisation with the code “%(code)s” in this file or in the registry."
    ),
    "unknown-parent": _("The parent “%(code)s” is not in this file and not in the registry."),
    "unknown-area": _("There is no area with the code “%(code)s”."),
    "parent-circle": _("“%(code)s” would stand below itself."),
    "demonstration-code": _(
        "The code “%(code)s” belongs to an invented organisation of the demonstration country."
    ),
    "ended": _("“%(code)s” no longer exists according to the registry."),
    "same-name": _("Same name as “%(code)s” (row %(first)s), apart from spaces. Both are kept."),
    "kind-differs": _(
        "“%(code)s” is “%(value)s” here and “%(other)s” in the list of organisations. The list counts."
    ),
    "count-differs": _("The file says that “%(code)s” has %(said)s services; %(counted)s were found."),
    "corrected": _("“%(value)s” was read as “%(right)s”."),
    "changed-by-mapping": _("The mapping sets “%(field)s” of “%(code)s” to “%(value)s”: %(reason)s"),
    # the mapping
    "mapping-broken": _("The mapping is not valid YAML: line %(line)s: %(detail)s"),
    "mapping-wrong": _("The mapping is wrong at %(place)s: %(detail)s"),
    "mapping-too-large": _("The mapping is larger than 512 KB."),
}


@dataclass(frozen=True)
class Problem:
    """One finding; `row` and `line` count from 1 as a person sees them, `column` is a name or letter."""

    severity: Severity
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    sheet: str = ""
    row: int | None = None
    column: str = ""

    @property
    def sentence(self) -> str:
        """The sentence in the language that is active now."""
        place = {"sheet": self.sheet, "row": self.row, "column": self.column}
        return str(SENTENCES[self.code]) % {**place, **self.params}

    def to_json(self) -> dict[str, Any]:
        """Return what an import batch keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Problem:
        """Read what an import batch keeps."""
        return cls(**kept)


class Refused(Exception):
    """The file or mapping cannot be used at all; holds the one problem that says why."""

    def __init__(
        self, code: str, /, *, sheet: str = "", row: int | None = None, column: str = "", **params: Any
    ) -> None:
        super().__init__(code)
        self.problem = Problem("error", code, params, sheet, row, column)
