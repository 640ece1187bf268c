"""Every change of keys: make, rotate, revoke, certify."""

from __future__ import annotations

from itertools import pairwise

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.engines.wire.identifiers import key_id
from sala.engines.wire.signatures import algorithm_of, public_pem
from sala.kernel.audit.interface import SYSTEM, Actor, declare, record
from sala.kernel.keys import authority
from sala.kernel.keys.models import SigningKey
from sala.kernel.keys.policy import can_manage_keys
from sala.kernel.keys.purposes import AUTHORITY, Purpose, purpose_named
from sala.kernel.keys.stores import FileStore, store_named
from sala.kernel.registry.interface import Role, has_role

MADE = declare(
    "keys.key.made",
    th="สร้างกุญแจลงนามใหม่และเริ่มใช้งาน",
    en="A new signing key was made and put to use",
    fields=("purpose", "key_id", "algorithm", "store", "replaces"),
)
REVOKED = declare(
    "keys.key.revoked",
    th="เพิกถอนกุญแจลงนาม ลายเซ็นเดิมตรวจสอบไม่ผ่านอีกต่อไป",
    en="A signing key was revoked; its signatures verify no more",
    fields=("purpose", "key_id", "reason"),
)
CERTIFIED = declare(
    "keys.key.certified",
    th="ติดตั้งใบรับรองของกุญแจลงนาม",
    en="A certificate was put in for a signing key",
    fields=("purpose", "key_id", "serial", "issuer"),
)


def rotate(purpose: str, *, actor: Actor) -> SigningKey:
    """Make a new key for `purpose` and put it to use; the one before retires and still verifies."""
    wanted = purpose_named(purpose)
    _check(actor)
    with transaction.atomic():
        _take_turn(purpose)
        return _make(wanted, actor)


def ensure_key(purpose: str) -> SigningKey:
    """Return the active key of `purpose`, made now where there is none yet."""
    wanted = purpose_named(purpose)
    found = SigningKey.objects.filter(purpose=purpose, state=SigningKey.State.ACTIVE).first()
    if found is not None:
        return found
    with transaction.atomic():
        _take_turn(purpose)
        found = SigningKey.objects.filter(purpose=purpose, state=SigningKey.State.ACTIVE).first()
        return found or _make(wanted, SYSTEM)


def revoke(key: SigningKey, *, reason: str, actor: Actor) -> SigningKey:
    """Revoke a key that others may hold or know; revoking it twice changes nothing.

    An active key is replaced at once, so that signing goes on.
    """
    _check(actor)
    if not reason.strip():
        raise DomainError("keys.revoke.no-reason", _("Say why the key is revoked."))
    with transaction.atomic():
        _take_turn(key.purpose)
        key = SigningKey.objects.select_for_update().get(pk=key.pk)
        if key.state == SigningKey.State.REVOKED:
            return key
        was_active = key.state == SigningKey.State.ACTIVE
        key.state = SigningKey.State.REVOKED
        key.revoked_at = timezone.now()
        key.revocation_reason = reason.strip()[:500]
        key.save(update_fields=["state", "revoked_at", "revocation_reason"])
        record(
            REVOKED,
            subject=key,
            actor=actor,
            data={"purpose": key.purpose, "key_id": key.key_id, "reason": key.revocation_reason},
        )
        if was_active:
            _make(purpose_named(key.purpose), actor)
    return key


def certify(key: SigningKey, chain_pem: str, *, actor: Actor) -> SigningKey:
    """Put in the certificate chain of a real authority: the key's own certificate first, each issuer after it."""
    _check(actor)
    try:
        chain = authority.read_chain(chain_pem)
    except ValueError as error:
        raise DomainError("keys.certificate.unreadable", _("This is not a PEM certificate.")) from error
    if not chain or not authority.fits(chain[0], key.public_key):
        raise DomainError(
            "keys.certificate.other-key",
            _("The first certificate is not of this key: its public key is another."),
        )
    for lower, upper in pairwise(chain):
        if not authority.is_issued_by(lower, upper):
            raise DomainError(
                "keys.certificate.broken-chain",
                _("“%(lower)s” was not issued by “%(upper)s”; put the certificates in order."),
                params={
                    "lower": lower.subject.rfc4514_string(),
                    "upper": upper.subject.rfc4514_string(),
                },
            )
    if chain[0].not_valid_after_utc <= timezone.now():
        raise DomainError("keys.certificate.expired", _("This certificate has expired."))
    with transaction.atomic():
        key = SigningKey.objects.select_for_update().get(pk=key.pk)
        key.certificate_pem = authority.as_pem(*chain)
        key.save(update_fields=["certificate_pem"])
        record(
            CERTIFIED,
            subject=key,
            actor=actor,
            data={
                "purpose": key.purpose,
                "key_id": key.key_id,
                "serial": format(chain[0].serial_number, "x"),
                "issuer": chain[0].issuer.rfc4514_string(),
            },
        )
    return key


def _check(actor: Actor) -> None:
    is_administrator = actor.is_account and has_role(actor, Role.ADMINISTRATOR)
    decision = can_manage_keys(actor, is_operator_administrator=is_administrator)
    if not decision:
        raise NotAllowed("keys.manage.not-allowed", decision.reason)


def _take_turn(purpose: str) -> None:
    """Let two rotations of one purpose follow each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"sala.keys.{purpose}"])


def _make(purpose: Purpose, actor: Actor) -> SigningKey:
    """Make a key in the store of the settings; the authority's own is always a file, which X.509 needs."""
    store = "file" if purpose.code == AUTHORITY else settings.KEY_STORE
    id_ = uuid7()
    public = store_named(store).make(id_, purpose.algorithm)
    certificate = ""
    if purpose.code == AUTHORITY:
        certificate = authority.as_pem(
            authority.certify_authority(FileStore().private(id_), now=timezone.now())
        )
    elif purpose.certified:
        issuer = ensure_key(AUTHORITY)
        above = authority.read_chain(issuer.certificate_pem)
        own = authority.certify(
            public, issuer=above[0], issuer_key=FileStore().private(issuer.id), now=timezone.now()
        )
        certificate = authority.as_pem(own, *above)
    now = timezone.now()
    before = SigningKey.objects.select_for_update().filter(
        purpose=purpose.code, state=SigningKey.State.ACTIVE
    )
    replaced = before.first()
    before.update(state=SigningKey.State.RETIRED, retired_at=now)
    made = SigningKey.objects.create(
        id=id_,
        purpose=purpose.code,
        key_id=key_id(public),
        algorithm=algorithm_of(public),
        store=store,
        public_pem=public_pem(public),
        certificate_pem=certificate,
    )
    record(
        MADE,
        subject=made,
        actor=actor,
        data={
            "purpose": purpose.code,
            "key_id": made.key_id,
            "algorithm": made.algorithm,
            "store": store,
            "replaces": replaced.key_id if replaced else None,
        },
    )
    return made
