"""Makes rankings and their versions: draft, check, publish, withdraw. Computing is in `computing`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.interface import Actor, declare, record
from sala.kernel.files.interface import StoredFile, store, store_bytes
from sala.kernel.jobs.interface import begin_progress, defer
from sala.kernel.publishing.interface import withdraw_table
from sala.kernel.registry.interface import Organisation
from sala.kernel.text.interface import thai_date
from sala.products.results import policy
from sala.products.results.models import Ranking, RankingVersion, State
from sala.products.results.recipe import make_table
from sala.products.results.signing import signed_record

CREATED = declare(
    "results.ranking.created", th="สร้างการจัดอันดับ", en="Created a ranking", fields=("slug", "kind")
)
CHANGED = declare(
    "results.ranking.changed",
    th="แก้ไขข้อมูลการจัดอันดับ",
    en="Changed what a ranking says",
    fields=("slug", "fields"),
)
DRAFTED = declare(
    "results.version.drafted",
    th="ร่างรุ่นใหม่ของการจัดอันดับ",
    en="Drafted a version of a ranking",
    fields=("slug", "number", "data_sha256"),
)
PUBLISHED = declare(
    "results.version.published",
    th="เผยแพร่การจัดอันดับ",
    en="Published a version of a ranking",
    fields=("slug", "number", "result_sha256", "record_sha256"),
)
WITHDRAWN = declare(
    "results.version.withdrawn",
    th="ถอนการจัดอันดับที่เผยแพร่แล้ว",
    en="Withdrew a published version of a ranking",
    fields=("slug", "number", "reason_th", "reason_en"),
)

DATA_PURPOSE = "results.data"
DATA_KINDS = frozenset({"csv", "xlsx", "parquet"})
MOST_DATA_BYTES = 50 * 1024 * 1024
MOST_METHOD_CHARACTERS = 2_000_000
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WORDS = (
    "title_th", "title_en", "summary_th", "summary_en", "unit_word_th", "unit_word_en", "units_word_en", "source_th",
    "source_en", "licence", "decimals", "home_unit", "map", "groupings", "makeup", "recipe", "is_automatic", "place",
)  # fmt: skip


def save_ranking(
    *,
    slug: str,
    actor: Actor,
    kind: str = Ranking.Kind.FILE,
    publisher: Organisation | None = None,
    **words: Any,
) -> Ranking:
    """Create the ranking called `slug`, or change what it says; its kind stays what it was. Idempotent."""
    _demand(policy.can_make(actor), "results.make.not-allowed")
    if not _SLUG.fullmatch(slug):
        raise DomainError(
            "results.slug",
            _("The address “%(slug)s” is not small letters, digits and hyphens."),
            params={"slug": slug},
        )
    if surplus := sorted(words.keys() - set(_WORDS)):
        raise ValueError(f"a ranking has no {surplus[0]}")
    with transaction.atomic():
        ranking, made = Ranking.objects.select_for_update().get_or_create(
            slug=slug,
            defaults={
                "kind": kind,
                "publisher": publisher,
                "created_by_id": actor.id if actor.is_account else None,
                **words,
            },
        )
        if made:
            record(
                CREATED,
                subject=ranking,
                actor=actor,
                organisation=publisher,
                data={"slug": slug, "kind": kind},
            )
            return ranking
        changed = sorted(name for name, value in words.items() if getattr(ranking, name) != value)
        if publisher is not None and ranking.publisher_id != publisher.pk:
            ranking.publisher = publisher
            changed.append("publisher")
        if changed:
            for name in changed:
                if name != "publisher":
                    setattr(ranking, name, words[name])
            ranking.save(update_fields=changed)
            record(
                CHANGED,
                subject=ranking,
                actor=actor,
                organisation=ranking.publisher,
                data={"slug": slug, "fields": changed},
            )
    return ranking


def draft_version(
    ranking: Ranking,
    *,
    method_text: str,
    actor: Actor,
    upload: UploadedFile[bytes] | None = None,
    content: bytes | None = None,
    data_name: str = "data.csv",
    label: Mapping[str, str] | None = None,
    note: Mapping[str, str] | None = None,
    compute: bool = True,
) -> RankingVersion:
    """Keep a method and a table as the next version and ask for its computing; nothing is public yet.

    The table is an upload, bytes of ours, or, for a ranking from measures, made by its recipe. With `compute`
    the job is enqueued in the same transaction and `version.progress` tells how far it is.
    """
    _demand(policy.can_make(actor), "results.make.not-allowed")
    if not method_text.strip():
        raise DomainError("results.method.empty", _("The method is empty."))
    if len(method_text) > MOST_METHOD_CHARACTERS:
        raise DomainError("results.method.too-large", _("The method is longer than 2 MB."))
    with transaction.atomic():
        locked = Ranking.objects.select_for_update().get(pk=ranking.pk)
        window = None
        file: StoredFile
        if upload is not None:
            file = store(
                upload, purpose=DATA_PURPOSE, actor=actor, accept=DATA_KINDS, max_bytes=MOST_DATA_BYTES
            )
        else:
            if content is None:
                table = make_table(locked.recipe)
                content, window, data_name = table.content, table.window, "data.csv"
            file = store_bytes(
                content, name=data_name, media_type=_media_type(data_name), purpose=DATA_PURPOSE, actor=actor
            )
        last = locked.versions.aggregate(last=Max("number"))["last"] or 0
        if window is not None and not any((label or {}).values()):
            label = _label_of(locked, window[1], last + 1)
        version = RankingVersion.objects.create(
            ranking=locked,
            number=last + 1,
            method_text=method_text,
            data=file,
            data_name=file.name,
            window_start=window[0] if window else None,
            window_end=window[1] if window else None,
            created_by_id=actor.id if actor.is_account else None,
            **_both("label", label),
            **_both("note", note),
        )
        record(
            DRAFTED,
            subject=version,
            actor=actor,
            organisation=locked.publisher,
            data={"slug": locked.slug, "number": version.number, "data_sha256": file.sha256},
        )
        if compute:
            ask_for_computing(version, actor=actor)
    return version


def amend_draft(
    version: RankingVersion,
    *,
    method_text: str,
    actor: Actor,
    upload: UploadedFile[bytes] | None = None,
    label: Mapping[str, str] | None = None,
) -> RankingVersion:
    """Mend a draft and ask for its computing again; without an upload its table stays."""
    _demand(policy.can_make(actor), "results.make.not-allowed")
    with transaction.atomic():
        locked = (
            RankingVersion.objects.select_for_update(of=("self",))
            .select_related("ranking", "data")
            .get(pk=version.pk)
        )
        if locked.state != State.DRAFT:
            raise DomainError("results.version.fixed", _("Only a draft can be changed."))
        if upload is not None:
            locked.data = store(
                upload, purpose=DATA_PURPOSE, actor=actor, accept=DATA_KINDS, max_bytes=MOST_DATA_BYTES
            )
            locked.data_name = locked.data.name
        locked.method_text, locked.problems = method_text, []
        for name, value in _both("label", label).items():
            setattr(locked, name, value)
        locked.save()
        record(
            DRAFTED,
            subject=locked,
            actor=actor,
            organisation=locked.ranking.publisher,
            data={
                "slug": locked.ranking.slug,
                "number": locked.number,
                "data_sha256": locked.data.sha256 if locked.data else "",
            },
        )
        return ask_for_computing(locked, actor=actor)


def ask_for_computing(version: RankingVersion, *, actor: Actor, publish: bool = False) -> RankingVersion:
    """Enqueue the computing of a draft in the open transaction, with a progress row that its maker can see."""
    from django.urls import reverse

    from sala.products.results.jobs import compute

    _demand(policy.can_make(actor), "results.make.not-allowed")
    with transaction.atomic():
        version.progress = begin_progress(
            gettext_noop("Computing version %(number)s of “%(slug)s”"),
            actor=actor,
            total=5,
            params={"number": version.number, "slug": version.ranking.slug},
            result_path=reverse("results:work-version", args=[version.ranking.slug, version.number]),
        )
        version.save(update_fields=["progress"])
        defer(compute, version_id=str(version.pk), progress_id=str(version.progress_id), publish=publish)
    return version


def publish_version(version: RankingVersion, *, actor: Actor) -> RankingVersion:
    """Publish a computed version for ever: sign its record and open its pages, all or nothing. Idempotent."""
    with transaction.atomic():
        Ranking.objects.select_for_update().get(pk=version.ranking_id)
        locked = (
            RankingVersion.objects.select_for_update(of=("self",))
            .select_related("ranking", "table")
            .get(pk=version.pk)
        )
        if locked.state == State.PUBLISHED:
            return locked
        _demand(policy.can_publish(actor, locked), "results.publish.not-allowed")
        from sala.products.results.offering import offer_result

        locked.published_at = timezone.now()
        locked.table = offer_result(locked, actor=actor)
        signed = signed_record(locked)
        locked.record, locked.signature = signed.text, signed.line
        locked.signature_key, locked.signature_algorithm = signed.key_id, signed.algorithm
        locked.state = State.PUBLISHED
        locked.save()
        record(
            PUBLISHED,
            subject=locked,
            actor=actor,
            organisation=locked.ranking.publisher,
            data={
                "slug": locked.ranking.slug,
                "number": locked.number,
                "result_sha256": locked.result_sha256,
                "record_sha256": signed.sha256,
            },
        )
    return locked


def withdraw_version(
    version: RankingVersion, *, reason_th: str, reason_en: str, actor: Actor
) -> RankingVersion:
    """Withdraw a published version: it stays readable at its address, marked with the reason. Idempotent."""
    with transaction.atomic():
        Ranking.objects.select_for_update().get(pk=version.ranking_id)
        locked = (
            RankingVersion.objects.select_for_update(of=("self",))
            .select_related("ranking", "table")
            .get(pk=version.pk)
        )
        if locked.state == State.WITHDRAWN:
            return locked
        _demand(policy.can_withdraw(actor, locked), "results.withdraw.not-allowed")
        if not reason_th.strip() or not reason_en.strip():
            raise DomainError(
                "results.withdraw.reason", _("Say in both languages why the version is withdrawn.")
            )
        locked.state, locked.withdrawn_at = State.WITHDRAWN, timezone.now()
        locked.withdrawn_because_th, locked.withdrawn_because_en = reason_th.strip(), reason_en.strip()
        locked.save(update_fields=["state", "withdrawn_at", "withdrawn_because_th", "withdrawn_because_en"])
        if locked.table is not None:
            withdraw_table(locked.table, reason=f"{reason_th.strip()} / {reason_en.strip()}", actor=actor)
        record(
            WITHDRAWN,
            subject=locked,
            actor=actor,
            organisation=locked.ranking.publisher,
            data={
                "slug": locked.ranking.slug,
                "number": locked.number,
                "reason_th": reason_th.strip()[:2000],
                "reason_en": reason_en.strip()[:2000],
            },
        )
    return locked


def _demand(decision: Any, code: str) -> None:
    if not decision:
        raise NotAllowed(code, decision.reason)


def _both(name: str, words: Mapping[str, str] | None) -> dict[str, str]:
    return {f"{name}_{language}": (words or {}).get(language, "").strip() for language in ("th", "en")}


def _label_of(ranking: Ranking, day: date, number: int) -> dict[str, str]:
    """Call a version by the day its figures tell of; a second one of the same day says its number too."""
    label = {language: thai_date(day, "long", language) for language in ("th", "en")}
    if ranking.versions.filter(label_th__startswith=label["th"]).exists():
        label = {language: f"{text} ({number})" for language, text in label.items()}
    return label


def _media_type(name: str) -> str:
    types: Sequence[tuple[str, str]] = (
        (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (".parquet", "application/vnd.apache.parquet"),
    )
    return next((media_type for ending, media_type in types if name.endswith(ending)), "text/csv")
