"""The download address: the purpose's policy decides, and the file never runs in the site's own origin."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from sala.engines.wire.errors import NotAllowed
from sala.kernel.files.models import StoredFile
from sala.kernel.files.policy import can_read
from sala.kernel.files.queries import open_file

# Shown in the page (a picture in an `img`); everything else is only ever saved.
_SHOWN_INLINE = {"png", "jpeg", "gif", "webp"}
_POLICY = "default-src 'none'; sandbox"


@require_safe
def download(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """Send one stored file to an actor whom its purpose allows."""
    file = get_object_or_404(StoredFile, pk=file_id)
    decision = can_read(request.actor, file)  # type: ignore[attr-defined]
    if not decision:
        raise NotAllowed("files.download.not-allowed", decision.reason)
    response = FileResponse(
        open_file(file),
        as_attachment=file.kind not in _SHOWN_INLINE,
        filename=file.name,
        content_type=file.media_type,
    )
    response["Content-Length"] = str(file.size_bytes)
    response["Content-Security-Policy"] = _POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    response["ETag"] = f'"{file.sha256}"'
    return response
