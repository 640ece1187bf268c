"""Tables of accounts, sign-ins, mandates and consents."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; used by allauth and by `actions`."""

    def create_user(self, email: str | None = None, password: str | None = None, **fields: object) -> Account:
        account = self.model(email=self.normalize_email(email) if email else None, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(email=username)


class Theme(models.TextChoices):
    """How the pages look; `system` follows the device."""

    SYSTEM = "system", _("As this device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Account(AbstractBaseUser):
    """A person who signs in; knows a name and an address for notices, no register data."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True, null=True, blank=True)
    name_th = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, default="th")
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0)  # one more, and every session of the account ends
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name_th or self.name_en or self.email or str(self.pk)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email or None  # allauth writes "" where there is none, and two "" are not unique
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's own hash, with the epoch: an account without a password can end its sessions too.
        return salted_hmac(
            "sala.kernel.people.session",
            f"{self.session_epoch}:{self.password}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


class NationalIdentity(models.Model):
    """The sealed national ID of an account: ciphertext to open it, keyed hash to find it, both by one key."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="national_identity"
    )
    pid_hash = models.CharField(max_length=64, unique=True)
    pid_sealed = models.BinaryField()
    key_id = models.CharField(max_length=16, db_index=True)
    ial = models.CharField(max_length=4)
    idp = models.CharField(max_length=40)
    verified_at = models.DateTimeField()


class Method(models.TextChoices):
    """The way somebody signed in, or tried to."""

    OIDC = "oidc", _("Digital ID")
    PASSWORD = "password", _("E-mail and password")
    PASSKEY = "passkey", _("Passkey")
    SECOND_FACTOR = "second-factor", _("Second factor")
    RESET = "reset", _("New password by e-mail code")


class Outcome(models.TextChoices):
    """How a sign-in ended."""

    SIGNED_IN = "signed-in", _("Signed in")
    PROVED_AGAIN = "proved-again", _("Confirmed identity again")
    WRONG = "wrong", _("Wrong password or code")
    BLOCKED = "blocked", _("Stopped for a while after too many tries")
    REFUSED = "refused", _("Refused by our checks")
    CANCELLED = "cancelled", _("Cancelled")


class Ending(models.TextChoices):
    """Why a session ended."""

    SIGNED_OUT = "signed-out", _("Signed out")
    IDLE = "idle", _("Not used for a while")
    AGE = "age", _("Time to sign in again")
    REVOKED = "revoked", _("Ended from another device")
    EVERYWHERE = "everywhere", _("Signed out everywhere")
    REPLACED = "replaced", _("Signed in again in the same browser")


class SignIn(models.Model):
    """One entry of the sign-in log; a successful one is also the session it began, until `ended_at`.

    `device` is coarse on purpose (browser, system, form), `detail` a code of the check that refused. Kept for
    90 days (`actions.purge_sign_ins`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="sign_ins"
    )
    at = models.DateTimeField(default=timezone.now)
    method = models.CharField(max_length=16, choices=Method.choices)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    detail = models.CharField(max_length=40, blank=True)
    idp = models.CharField(max_length=40, blank=True)
    ial = models.CharField(max_length=4, blank=True)
    aal = models.PositiveSmallIntegerField(null=True, blank=True)
    device = models.CharField(max_length=80, blank=True)
    session_key = models.CharField(max_length=40, null=True, blank=True, unique=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=12, choices=Ending.choices, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-at"], name="people_signin_account"),
            models.Index(fields=["at"], name="people_signin_at"),
        ]


class Tries(models.Model):
    """Failed tries against one account or from one address, behind a keyed hash."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="people_tries_last_at")]


class Source(models.TextChoices):
    """What a mandate rests on."""

    PERSON = "person", _("Given by the person")
    REGISTER = "register", _("From an official register")
    DOCUMENT = "document", _("By a document")
    COURT = "court", _("By a court order")


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Mandates by their time."""

    def in_force(self, at: datetime | None = None) -> MandateQuerySet:
        at = at or timezone.now()
        return self.filter(
            Q(revoked_at=None), Q(starts_at__lte=at), Q(ends_at=None) | Q(ends_at__gt=at)
        ).filter(grantor__is_active=True)


class Mandate(models.Model):
    """The grantee may act for the grantor within `scope` (service codes, or `*` for all) for a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grantor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mandates_given")
    grantee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mandates_held")
    scope = models.JSONField(default=list)
    source = models.CharField(max_length=10, choices=Source.choices)
    reference = models.CharField(max_length=120, blank=True)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["grantee", "revoked_at"], name="people_mandate_grantee")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(grantor=F("grantee")), name="people_mandate_is_between_two_people"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="people_mandate_ends_after_start",
            ),
        ]

    def covers(self, service: str) -> bool:
        """Whether the scope names this service, or all."""
        return "*" in self.scope or service in self.scope


class MandateCode(models.Model):
    """The short code by which a grantor names a grantee who sits beside them; one for each account."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True)
    code_hash = models.CharField(max_length=64, unique=True)
    ends_at = models.DateTimeField()


class Consent(models.Model):
    """A person agreed, in these words, that a recipient uses their data for a purpose."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=80)
    recipient = models.CharField(max_length=120)
    wording_th = models.TextField()
    wording_en = models.TextField()
    given_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "purpose", "recipient"],
                condition=Q(withdrawn_at=None),
                name="people_consent_once_in_force",
            )
        ]
