"""Why a file is not taken: each reason has a permanent code and says how to mend it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import DomainError


def too_large(most_bytes: int) -> DomainError:
    return DomainError(
        "files.too-large",
        _("This file is larger than %(most)s MB, the most that is taken here. Split it or compress it."),
        params={"most": f"{most_bytes / 1_048_576:.4g}"},
        status=413,
    )


def empty() -> DomainError:
    return DomainError("files.empty", _("This file is empty. Choose the file that holds your content."))


def not_accepted(found: str, wanted: str) -> DomainError:
    return DomainError(
        "files.kind-not-accepted",
        _("This is a file of kind %(found)s, but this place takes %(wanted)s only."),
        params={"found": found, "wanted": wanted},
        status=415,
    )


def wrong_extension(extension: str, found: str) -> DomainError:
    return DomainError(
        "files.wrong-extension",
        _(
            "The name ends in .%(extension)s, but the content is %(found)s. Save the file again in the right form."
        ),
        params={"extension": extension, "found": found},
        status=415,
    )


def program() -> DomainError:
    return DomainError(
        "files.program", _("This is a program. Programs and scripts are not taken."), status=415
    )


def active_page() -> DomainError:
    return DomainError(
        "files.active-page",
        _("This is a web page or drawing that could run scripts. Send it as a PDF."),
        status=415,
    )


def old_office() -> DomainError:
    return DomainError(
        "files.old-office",
        _("This is an old Office file, which can hide macros. Open it and save it as .xlsx, .docx or .pptx."),
        status=415,
    )


def macros(place: str) -> DomainError:
    return DomainError(
        "files.macros",
        _(
            "This file contains macros (%(place)s). Save it without macros, as .xlsx or .docx, and send it again."
        ),
        params={"place": place},
    )


def encrypted() -> DomainError:
    return DomainError(
        "files.encrypted",
        _("This file is locked with a password, so it cannot be checked. Remove the password first."),
    )


def bomb(entry: str) -> DomainError:
    return DomainError(
        "files.zip-bomb",
        _(
            "This compressed file grows far beyond its size when it is opened (%(entry)s), so it is not taken."
        ),
        params={"entry": entry},
    )


def too_deep() -> DomainError:
    return DomainError(
        "files.nested-too-deep", _("This archive holds archives inside archives. Send the files themselves.")
    )


def unsafe_entry(entry: str) -> DomainError:
    return DomainError(
        "files.unsafe-entry",
        _("This archive names a file outside its own folder (%(entry)s), so it is not taken."),
        params={"entry": entry},
    )


def damaged() -> DomainError:
    return DomainError(
        "files.damaged", _("This file is damaged and cannot be opened. Save it again and send it.")
    )


def infected(finding: str) -> DomainError:
    return DomainError(
        "files.infected",
        _(
            "A virus was found in this file (%(finding)s). It was not kept. Check your computer before you try again."
        ),
        params={"finding": finding},
    )


def gone() -> DomainError:
    return DomainError(
        "files.gone", _("The time for keeping this file is over, and its content was erased."), status=410
    )
