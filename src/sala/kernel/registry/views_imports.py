"""Signed-in pages of imports: upload, preview, problems to download, accept or withdraw."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sala.engines.wire import sha256_hex
from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.registry import imports
from sala.kernel.registry.access import actor_of, operator_required
from sala.kernel.registry.forms import UploadForm
from sala.kernel.registry.importing.mapping import load_mapping
from sala.kernel.registry.importing.opening import MAX_BYTES
from sala.kernel.registry.importing.problems import Problem, Refused
from sala.kernel.registry.models import BatchState, ImportBatch
from sala.kernel.text.interface import in_language

_RECENT_MAPPINGS = 20
_ALIKE_SHOWN = 6


def _known_mappings() -> dict[str, tuple[str, str]]:
    """Return digest → (title, text) of mappings that come with the product or were used here before."""
    texts = [
        path.read_text(encoding="utf-8")
        for path in sorted(Path(settings.ROOT).glob("examples/*/mapping.yaml"))
    ]
    used = ImportBatch.objects.filter(state=BatchState.ACCEPTED).order_by("-uploaded_at")
    texts += used.values_list("mapping", flat=True)[:_RECENT_MAPPINGS]
    known: dict[str, tuple[str, str]] = {}
    for text in texts:
        try:
            mapping = load_mapping(text)
        except Refused:
            continue
        title = in_language(mapping.title_th, mapping.title_en, get_language() or "th")
        known.setdefault(sha256_hex(text.encode()), (title, text))
    return known


@require_http_methods(["GET", "HEAD", "POST"])
@operator_required
def index(request: HttpRequest) -> HttpResponse:
    """Upload a file, and see the imports so far."""
    known = _known_mappings()
    choices = [(digest, title) for digest, (title, _text) in known.items()]
    form = UploadForm(request.POST or None, request.FILES or None, mappings=choices)
    if request.method == "POST" and form.is_valid():
        try:
            batch = _take(request, form, known)
        except NotAllowed:
            raise
        except DomainError as error:
            form.add_error(
                "own_mapping" if error.code == "registry.import.mapping" else "file", error.message
            )
        else:
            return redirect("registry:import", batch.pk)
    batches = (
        ImportBatch.objects.defer("content", "problems", "mapping")
        .select_related("uploaded_by")
        .order_by("-uploaded_at")
    )
    context = {"form": form, "page": Paginator(batches, 20).get_page(request.GET.get("page"))}
    return render(request, "registry/imports.html", context, status=422 if form.errors else 200)


def _take(request: HttpRequest, form: UploadForm, known: dict[str, tuple[str, str]]) -> ImportBatch:
    upload, own = form.cleaned_data["file"], form.cleaned_data["own_mapping"]
    if upload.size > MAX_BYTES:
        problem = Problem(
            "error", "too-large", {"size": upload.size // 1024**2, "limit": MAX_BYTES // 1024**2}
        )
        raise DomainError("registry.import.too-large", problem.sentence, status=413)
    if own is not None:
        try:
            mapping = own.read(512 * 1024 + 1).decode("utf-8")
        except UnicodeDecodeError:
            raise DomainError("registry.import.mapping", _("The mapping is not UTF-8 text.")) from None
    else:
        mapping = known[form.cleaned_data["known_mapping"]][1]
    return imports.take_file(
        content=upload.read(),
        file_name=upload.name,
        mapping_text=mapping,
        as_at_on=form.cleaned_data["as_at_on"],
        actor=actor_of(request),
    )


def _batch(pk: UUID) -> ImportBatch:
    return get_object_or_404(
        ImportBatch.objects.defer("content").select_related("version__register", "uploaded_by", "decided_by"),
        pk=pk,
    )


def _groups(batch: ImportBatch) -> list[dict[str, object]]:
    """Return findings of the same kind together, errors first, a few of each."""
    order = {"error": 0, "warning": 1, "correction": 2, "notice": 3}
    grouped: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for kept in batch.problems:
        problem = Problem.from_json(kept)
        grouped[(problem.severity, problem.code)].append(problem)
    return [
        {
            "severity": severity,
            "number": len(found),
            "shown": found[:_ALIKE_SHOWN],
            "more": max(0, len(found) - _ALIKE_SHOWN),
        }
        for (severity, _code), found in sorted(
            grouped.items(), key=lambda item: (order[item[0][0]], item[0][1])
        )
    ]


@require_safe
@operator_required
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The preview of an import, or what became of it."""
    found = _batch(pk)
    mapping = load_mapping(found.mapping)
    language = get_language() or "th"
    summary = found.summary
    total = sum(one["number"] for one in summary.get("statuses", []))
    context = {
        "batch": found,
        "mapping_title": in_language(mapping.title_th, mapping.title_en, language),
        "summary": summary,
        "groups": _groups(found),
        "statuses": [
            {
                **one,
                "title": in_language(one["th"], one["en"], language),
                "share": 100 * one["number"] / total if total else 0,
            }
            for one in summary.get("statuses", [])
        ],
        "may_accept": found.state == BatchState.PREVIEW and not summary.get("errors"),
    }
    return render(request, "registry/import.html", context)


class _Line:
    """A file that hands each written line straight on."""

    def write(self, text: str) -> str:
        return text


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _harmless(text: object) -> str:
    """Keep a spreadsheet from running a cell as a formula."""
    plain = str(text)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


@require_safe
@operator_required
def problems(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """All findings of an import as CSV, in the language of the page."""
    found = _batch(pk)
    severities = {
        "error": _("error"),
        "warning": _("warning"),
        "correction": _("correction"),
        "notice": _("notice"),
    }

    header = [_("severity"), _("sheet"), _("row"), _("column"), _("code"), _("what")]
    rows = [
        [severities[one.severity], one.sheet, one.row or "", one.column, one.code, one.sentence]
        for one in map(Problem.from_json, found.problems)
    ]

    def lines() -> Iterator[str]:
        writer = csv.writer(_Line())
        yield "\ufeff" + str(writer.writerow(header))
        for row in rows:
            yield str(writer.writerow([_harmless(cell) for cell in row]))

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{found.file_sha256[:12]}.csv"'
    return response


@require_POST
@operator_required
def accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write the import into the registry."""
    imports.accept_batch(_batch(pk), actor=actor_of(request))
    return redirect("registry:import", pk)


@require_POST
@operator_required
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Throw the upload away."""
    imports.withdraw_batch(_batch(pk), actor=actor_of(request))
    return redirect("registry:imports")
