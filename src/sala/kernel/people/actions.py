"""Every write on accounts, sessions, mandates and consents."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.interface import Actor, Decision, declare, record
from sala.kernel.people import factors, guard, policy, sessions
from sala.kernel.people.models import (
    Account,
    Consent,
    Ending,
    Mandate,
    MandateCode,
    NationalIdentity,
    SignIn,
    Source,
    Theme,
)
from sala.kernel.people.pid import PidKeys, pid_keys, write_keys

if TYPE_CHECKING:
    from django.http import HttpRequest

KEEP_SIGN_INS = timedelta(days=90)
MANDATE_CODE_LIVES = timedelta(minutes=15)

OPENED = declare("people.account.opened", th="เปิดบัญชีผู้ใช้", en="Opened an account", fields=("by", "idp"))
PROFILE_CHANGED = declare(
    "people.profile.changed", th="แก้ไขข้อมูลบัญชี", en="Changed the profile", fields=("fields",)
)
IDENTITY_SEALED = declare(
    "people.identity.sealed",
    th="บันทึกเลขประจำตัวประชาชนแบบเข้ารหัส",
    en="Sealed the national ID",
    fields=("idp", "ial"),
)
FACTOR_CHANGED = declare(
    "people.factor.changed",
    th="เพิ่มหรือนำวิธียืนยันตัวตนออก",
    en="Added or removed a way to prove identity",
    fields=("change", "kind"),
)
SESSIONS_ENDED = declare(
    "people.sessions.ended", th="สิ้นสุดการเข้าใช้งาน", en="Ended sessions", fields=("count", "everywhere")
)
MANDATE_GRANTED = declare(
    "people.mandate.granted",
    th="มอบอำนาจให้ทำการแทน",
    en="Granted a mandate",
    fields=("grantor", "grantee", "scope", "source", "ends_at"),
)
MANDATE_REVOKED = declare(
    "people.mandate.revoked", th="ยกเลิกการมอบอำนาจ", en="Revoked a mandate", fields=("grantor", "grantee")
)
MANDATE_USED = declare(
    "people.mandate.used", th="เริ่มทำการแทนผู้มอบอำนาจ", en="Began to act for the grantor", fields=("grantor",)
)
CONSENT_GIVEN = declare(
    "people.consent.given", th="ให้ความยินยอม", en="Gave a consent", fields=("purpose", "recipient")
)
CONSENT_WITHDRAWN = declare(
    "people.consent.withdrawn", th="ถอนความยินยอม", en="Withdrew a consent", fields=("purpose", "recipient")
)
KEY_ROTATED = declare(
    "people.pid-key.rotated",
    th="เปลี่ยนกุญแจเข้ารหัสเลขประจำตัวประชาชน",
    en="Rotated the key of national IDs",
    fields=("key", "rows"),
)


def _require(decision: Decision, code: str) -> None:
    if not decision.allowed:
        raise NotAllowed(code, decision.reason)


@transaction.atomic
def open_account(
    *,
    actor: Actor,
    email: str | None = None,
    name_th: str = "",
    name_en: str = "",
    language: str = "th",
    email_verified: bool = False,
) -> Account:
    """Open an account, or return the one that has this e-mail: inviting somebody twice is no error.

    No password is set: the person gives one through the code sent to the address, or signs in by digital ID.
    """
    email = email.strip().lower() if email else None
    if email and (known := EmailAddress.objects.filter(email__iexact=email).first()):
        found: Account = known.user
        return found
    account = Account.objects.create_user(
        email=email, name_th=name_th, name_en=name_en, language=language, password=None
    )
    if email:
        EmailAddress.objects.create(user=account, email=email, primary=True, verified=email_verified)
    record(OPENED, subject=account, actor=actor, data={"by": "invitation", "idp": ""})
    return account


@transaction.atomic
def open_digital_id_account(
    *, idp: str, subject: str, name_th: str, name_en: str, actor: Actor, language: str = "th"
) -> Account:
    """Open an account for somebody whom a provider knows as `subject`, before they first sign in."""
    _require(policy.may_open(actor), "people.account.not-yours")
    account = Account.objects.create_user(name_th=name_th, name_en=name_en, language=language)
    SocialAccount.objects.create(user=account, provider=idp, uid=subject)
    note_opened(account, idp=idp, actor=actor)
    return account


def note_opened(account: Account, *, idp: str, actor: Actor) -> None:
    """Record an account that a first sign-in by digital ID opened; call in the same transaction."""
    record(OPENED, subject=account, actor=actor, data={"by": "digital-id", "idp": idp})


@transaction.atomic
def change_profile(account: Account, *, actor: Actor, **fields: str) -> Account:
    """Change language, theme or the names of an account; unknown fields are refused."""
    _require(policy.may_change_profile(actor, account), "people.profile.not-yours")
    account = Account.objects.select_for_update().get(pk=account.pk)
    if surplus := fields.keys() - {"language", "theme", "name_th", "name_en"}:
        raise ValueError(f"not of a profile: {sorted(surplus)}")
    if (
        fields.get("language", "th") not in dict(settings.LANGUAGES)
        or fields.get("theme", "system") not in Theme
    ):
        raise DomainError("people.profile.unknown-choice", _("Please choose one of the listed values."))
    changed = sorted(name for name, value in fields.items() if getattr(account, name) != value)
    if changed:
        for name in changed:
            setattr(account, name, fields[name])
        account.save(update_fields=changed)
        record(PROFILE_CHANGED, subject=account, actor=actor, data={"fields": changed})
    return account


@transaction.atomic
def seal_identity(account: Account, pid: str, *, ial: str, idp: str, actor: Actor) -> NationalIdentity:
    """Keep the national ID that a provider vouched for, sealed; a second time only the levels are renewed.

    Raises `DomainError` when the account already has another number, or the number another account: both mean
    that something is wrong and a person must look.
    """
    keys = pid_keys()
    mine = NationalIdentity.objects.select_for_update().filter(account=account).first()
    hashes = keys.hashes(pid)
    if mine is not None and mine.pid_hash not in hashes:
        raise DomainError(
            "people.identity.changed", _("This account belongs to a person with another national ID number.")
        )
    if NationalIdentity.objects.filter(pid_hash__in=hashes).exclude(account=account).exists():
        raise DomainError("people.identity.taken", _("Another account already belongs to this person."))
    now = timezone.now()
    if mine is not None:
        mine.ial, mine.idp, mine.verified_at = ial, idp, now
        mine.save(update_fields=["ial", "idp", "verified_at"])
        return mine
    key_id, sealed = keys.seal(pid, bound_to=str(account.pk))
    mine = NationalIdentity.objects.create(
        account=account,
        pid_hash=keys.hash(pid),
        pid_sealed=sealed,
        key_id=key_id,
        ial=ial,
        idp=idp,
        verified_at=now,
    )
    record(IDENTITY_SEALED, subject=account, actor=actor, data={"idp": idp, "ial": ial})
    return mine


def rotate_pid_key(*, actor: Actor, batch: int = 500) -> int:
    """Make a new key, seal every national ID and second-factor secret under it, let older keys go; returns the rows.

    Safe to stop and start again: keys are dropped only when no row needs them. With keys in `SALA_PID_KEYS`
    the operator adds the new key there first, and this seals under it without touching the secret.
    """
    keys = pid_keys()
    if not settings.PID_KEYS and not factors.is_waiting(keys) and not _waiting(keys).exists():
        keys = keys.with_new_key()
        write_keys(keys)
    rows = 0
    while True:
        with transaction.atomic():
            waiting = list(_waiting(keys).select_for_update(skip_locked=True).order_by("account_id")[:batch])
            for row in waiting:
                _reseal(row, keys)
            rows += len(waiting)
        if not waiting:
            break
    rows += factors.reseal(keys)
    if not settings.PID_KEYS and not factors.is_waiting(keys) and not _waiting(keys).exists():
        # The key before this one stays: a sign-in that read the old file may still be on its way to commit.
        write_keys(keys.without(set(list(keys.keys)[:-2])))
    with transaction.atomic():
        record(
            KEY_ROTATED,
            subject="people.pid-key:" + keys.current,
            actor=actor,
            data={"key": keys.current, "rows": rows},
        )
    return rows


def _waiting(keys: PidKeys) -> QuerySet[NationalIdentity]:
    return NationalIdentity.objects.exclude(key_id=keys.current)


def _reseal(row: NationalIdentity, keys: PidKeys) -> None:
    pid = keys.open(row.key_id, bytes(row.pid_sealed), bound_to=str(row.account_id))
    row.key_id, row.pid_sealed = keys.seal(pid, bound_to=str(row.account_id))
    row.pid_hash = keys.hash(pid)
    row.save(update_fields=["key_id", "pid_sealed", "pid_hash"])


@transaction.atomic
def note_factor(*, account: Account, change: str, kind: str, request: HttpRequest) -> None:
    """Record that a passkey or an authenticator app was added or removed."""
    actor = Actor("account", str(account.pk))
    record(FACTOR_CHANGED, subject=account, actor=actor, data={"change": change, "kind": kind})


@transaction.atomic
def end_session(sign_in: SignIn, *, actor: Actor) -> None:
    """End one session of an account from another device."""
    if sign_in.account is None:
        raise DomainError("people.session.unknown", _("This session is not open."), status=404)
    _require(policy.may_end_sessions(actor, sign_in.account), "people.session.not-yours")
    count = sessions.close([sign_in], Ending.REVOKED)
    record(SESSIONS_ENDED, subject=sign_in.account, actor=actor, data={"count": count, "everywhere": False})


@transaction.atomic
def sign_out_everywhere(account: Account, *, actor: Actor) -> int:
    """End every session of an account, this one too; returns how many were known."""
    _require(policy.may_end_sessions(actor, account), "people.session.not-yours")
    Account.objects.filter(pk=account.pk).update(session_epoch=F("session_epoch") + 1)
    rows = SignIn.objects.select_for_update().filter(account=account, ended_at=None)
    count = sessions.close(list(rows.exclude(session_key=None)), Ending.EVERYWHERE)
    record(SESSIONS_ENDED, subject=account, actor=actor, data={"count": count, "everywhere": True})
    return count


def purge_sign_ins(*, now: datetime | None = None) -> int:
    """Delete sign-in entries older than 90 days and counters of tries that say nothing; returns the entries."""
    now = now or timezone.now()
    count, _detail = SignIn.objects.filter(at__lt=now - KEEP_SIGN_INS).delete()
    MandateCode.objects.filter(ends_at__lt=now).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    guard.purge(now)
    return count


@transaction.atomic
def show_mandate_code(account: Account, *, actor: Actor) -> str:
    """Make the short code by which another person names this account as their grantee; valid 15 minutes."""
    _require(policy.may_change_profile(actor, account), "people.mandate.not-yours")
    raw = "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _letter in range(8))
    MandateCode.objects.update_or_create(
        account=account,
        defaults={"code_hash": _code_hash(raw), "ends_at": timezone.now() + MANDATE_CODE_LIVES},
    )
    return f"{raw[:4]}-{raw[4:]}"


def account_by_mandate_code(code: str) -> Account:
    """Return the account that showed this code; raises `DomainError` for a wrong or old one."""
    cleaned = code.replace("-", "").replace(" ", "").upper()
    found = (
        MandateCode.objects.select_related("account")
        .filter(code_hash=_code_hash(cleaned), ends_at__gt=timezone.now(), account__is_active=True)
        .first()
    )
    if found is None:
        raise DomainError(
            "people.mandate.unknown-code", _("This code is wrong or has expired. Ask for a new one.")
        )
    return found.account


def _code_hash(code: str) -> str:
    return salted_hmac("sala.kernel.people.mandate-code", code, algorithm="sha256").hexdigest()


@transaction.atomic
def grant_mandate(
    *,
    grantor: Account,
    grantee: Account,
    scope: Sequence[str],
    actor: Actor,
    source: str = Source.PERSON,
    reference: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Mandate:
    """Let the grantee act for the grantor within a scope of service codes (`*` for all)."""
    _require(policy.may_grant(actor, grantor, grantee, source), "people.mandate.not-yours")
    wanted = sorted({code.strip() for code in scope if code.strip()})
    if not wanted:
        raise DomainError("people.mandate.empty", _("Please choose at least one service."))
    starts_at = starts_at or timezone.now()
    if ends_at is not None and ends_at <= starts_at:
        raise DomainError("people.mandate.ends-before", _("The end must be after the beginning."))
    mandate = Mandate.objects.create(
        grantor=grantor,
        grantee=grantee,
        scope=wanted,
        source=source,
        reference=reference,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    record(
        MANDATE_GRANTED,
        subject=mandate,
        actor=actor,
        data=_of(mandate, scope=wanted, source=source, ends_at=ends_at),
    )
    return mandate


def _of(mandate: Mandate, **more: Any) -> dict[str, Any]:
    return {"grantor": mandate.grantor_id, "grantee": mandate.grantee_id, **more}


@transaction.atomic
def revoke_mandate(mandate: Mandate, *, actor: Actor) -> Mandate:
    """End a mandate now; doing it twice changes nothing."""
    mandate = Mandate.objects.select_for_update().get(pk=mandate.pk)
    _require(policy.may_revoke(actor, mandate), "people.mandate.not-yours")
    if mandate.revoked_at is None:
        mandate.revoked_at = timezone.now()
        mandate.save(update_fields=["revoked_at"])
        record(MANDATE_REVOKED, subject=mandate, actor=actor, data=_of(mandate))
    return mandate


@transaction.atomic
def begin_acting(mandate: Mandate, *, actor: Actor) -> Mandate:
    """Record that the grantee begins to act for the grantor; the session keeps it."""
    _require(policy.may_act_for(actor, mandate), "people.mandate.not-yours")
    if not Mandate.objects.in_force().filter(pk=mandate.pk).exists():
        raise NotAllowed("people.mandate.over", _("This mandate is no longer in force."))
    record(MANDATE_USED, subject=mandate, actor=actor, data={"grantor": mandate.grantor_id})
    return mandate


@transaction.atomic
def give_consent(
    *,
    account: Account,
    purpose: str,
    recipient: str,
    wording_th: str,
    wording_en: str,
    actor: Actor,
    ends_at: datetime | None = None,
) -> Consent:
    """Keep a person's consent with the words they saw; giving it again returns the one in force."""
    _require(policy.may_change_profile(actor, account), "people.consent.not-yours")
    Account.objects.select_for_update().get(pk=account.pk)
    known = Consent.objects.filter(
        account=account, purpose=purpose, recipient=recipient, withdrawn_at=None
    ).first()
    if known is not None:
        return known
    consent = Consent.objects.create(
        account=account,
        purpose=purpose,
        recipient=recipient,
        wording_th=wording_th,
        wording_en=wording_en,
        ends_at=ends_at,
    )
    record(CONSENT_GIVEN, subject=consent, actor=actor, data={"purpose": purpose, "recipient": recipient})
    return consent


@transaction.atomic
def withdraw_consent(consent: Consent, *, actor: Actor) -> Consent:
    """Withdraw a consent from now on; doing it twice changes nothing."""
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    _require(policy.may_withdraw(actor, consent), "people.consent.not-yours")
    if consent.withdrawn_at is None:
        consent.withdrawn_at = timezone.now()
        consent.save(update_fields=["withdrawn_at"])
        record(
            CONSENT_WITHDRAWN,
            subject=consent,
            actor=actor,
            data={"purpose": consent.purpose, "recipient": consent.recipient},
        )
    return consent
