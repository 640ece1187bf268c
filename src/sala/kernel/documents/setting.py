"""Sets a document with typst as PDF/A-3, the same bytes for the same input.

Data never becomes typst source: it goes in as JSON and is read there, so no text can run as code. Nothing is
fetched: the root holds our templates and the one document's own files.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.apps import apps
from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import DomainError
from sala.kernel.documents.fonts import document_fonts
from sala.kernel.documents.thai import joined

_MAIN = """#import "/{template}": document
#let data = json("data.json")
#for item in json("attachments.json") {{
  pdf.attach(
    "/" + item.name,  // a path below the root, so that no temporary folder shows in the PDF
    read(item.path, encoding: none),
    relationship: item.relationship,
    mime-type: item.media_type,
    description: item.description,
  )
}}
#document(data)
"""
_lock = threading.Lock()


@dataclass(frozen=True)
class Attachment:
    """A file that travels inside the PDF; `relationship` as ISO 32000-2 names it: data, source, supplement."""

    name: str
    content: bytes
    media_type: str = "application/json"
    description: str = ""
    relationship: str = "data"


def typeset(
    template: str, data: Mapping[str, Any], *, attachments: Sequence[Attachment] = (), at: datetime
) -> bytes:
    """Return the PDF/A-3a of `data` set by `template` (`documents/letter.typ`), stamped with the time `at`.

    Raises `DomainError` when the template does not exist or the data lack what it needs.
    """
    root = _root()
    if not (root / template).is_file() or ".." in template:
        raise DomainError(
            "documents.no-template",
            _("There is no document template named %(name)s."),
            params={"name": template},
        )
    folder = Path(tempfile.mkdtemp(dir=root, prefix="job-"))
    try:
        listed = []
        for number, attachment in enumerate(attachments):
            (folder / str(number)).write_bytes(attachment.content)
            listed.append(
                {
                    "name": attachment.name,
                    "path": str(number),
                    "relationship": attachment.relationship,
                    "media_type": attachment.media_type,
                    "description": attachment.description or attachment.name,
                }
            )
        (folder / "attachments.json").write_text(json.dumps(listed), encoding="utf-8")
        (folder / "data.json").write_text(json.dumps(joined(dict(data))), encoding="utf-8")
        main = folder / "main.typ"
        main.write_text(_MAIN.format(template=template), encoding="utf-8")
        made = typst.compile(
            str(main),
            root=str(root),
            font_paths=document_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["a-3a"],
            timestamp=int(at.timestamp()),
        )
    except typst.TypstError as error:
        raise DomainError(
            "documents.not-set",
            _("The document could not be made: %(reason)s"),
            params={"reason": str(error)[:300]},
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return bytes(made)


@cache
def _root() -> Path:
    """Gather every app's `templates_typst` below one root, once for each process."""
    with _lock:
        root = Path(tempfile.mkdtemp(prefix="sala-typst-"))
        for config in apps.get_app_configs():
            source = Path(config.path) / "templates_typst"
            if source.is_dir():
                shutil.copytree(source, root, dirs_exist_ok=True)
        return root
