"""The one function that writes an audit record, in the action's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.functional import Promise

from sala.engines.wire.canonical import NotCanonical, canonical_json
from sala.kernel.audit.actor import Actor
from sala.kernel.audit.codes import CODES, ActionCode, declare
from sala.kernel.audit.models import AuditRecord

__all__ = ["CODES", "ActionCode", "NotDeclared", "declare", "record"]

MAX_DATA_BYTES = 16_384
"""A record tells what happened; whole documents belong elsewhere, with their digest here."""


class NotDeclared(ValueError):
    """The code, or a field of its data, was not declared: a mistake of the programmer, never of the user."""


def record(
    code: str,
    *,
    subject: object,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    organisation: object = None,
) -> AuditRecord:
    """Insert one audit record in the caller's transaction and return it.

    `subject` is a stored model instance (kept as `app.Model:pk`) or such a text. `data` holds declared
    fields only, of JSON types; dates, UUIDs and decimals are kept as text, fractions (float) are refused
    because a sealed record must read the same everywhere. Never put personal data in it: a record cannot
    be erased. `organisation` (instance or id) is whose auditors may read it; when absent it is the
    subject's own `organisation_id`, if it has one. Raises `NotDeclared`.
    """
    declared = CODES.get(code)
    if declared is None:
        raise NotDeclared(f"{code} is not declared; call audit.interface.declare where the action lives")
    kept = {name: _plain(value) for name, value in (data or {}).items()}
    if surplus := sorted(kept.keys() - set(declared.fields)):
        raise NotDeclared(f"{code} does not declare the field {', '.join(surplus)}")
    try:
        size = len(canonical_json(kept, strict=True))
    except NotCanonical as error:
        raise NotDeclared(f"{code}: the data cannot be sealed ({error})") from error
    if size > MAX_DATA_BYTES:
        raise NotDeclared(f"{code}: {size} bytes of data; a record holds at most {MAX_DATA_BYTES}")
    return AuditRecord.objects.create(
        code=code,
        subject=_subject(subject),
        organisation_id=_organisation(organisation, subject),
        actor_kind=actor.kind,
        actor_id=actor.id,
        on_behalf_of=actor.on_behalf_of or "",
        via=actor.via,
        ial=actor.ial or "",
        aal=actor.aal,
        data=kept,
    )


def _subject(subject: object) -> str:
    if isinstance(subject, models.Model):
        if subject.pk is None:
            raise NotDeclared("the subject is not stored yet, so it has no id")
        return f"{subject._meta.label}:{subject.pk}"
    if isinstance(subject, str) and subject:
        return subject
    raise NotDeclared(f"a subject is a stored model or a text, not {type(subject).__name__}")


def _organisation(given: object, subject: object) -> UUID | None:
    found = given if given is not None else getattr(subject, "organisation_id", None)
    if isinstance(found, models.Model):
        found = found.pk
    if found is None or isinstance(found, UUID):
        return found
    try:
        return UUID(str(found))
    except ValueError:
        raise NotDeclared(f"{found!r} is not the id of an organisation") from None


def _plain(value: Any) -> Any:
    """Return `value` in JSON types, with those types as text whose text says all there is to say."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal | Promise):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(item) for item in value), key=str)
    return value
