"""Officials, the roles they hold, and how they come to hold them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from sala.kernel.registry.organisations import Organisation


class Role(models.TextChoices):
    """What an official may do for an organisation; held at the operator, a role counts everywhere."""

    ADMINISTRATOR = "administrator", _("Administrator")
    RESPONDENT = "respondent", _("Respondent")
    HEAD = "head", _("Head of the organisation")
    REVIEWER = "reviewer", _("Reviewer")
    JURY = "jury", _("Jury member")
    AWARDING_OFFICE = "awarding_office", _("Awarding office")
    AUDITOR = "auditor", _("Auditor")


class Official(models.Model):
    """An account that works for an organisation, with its post."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="official_posts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="officials")
    title_th = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("account", "organisation", name="official_once_in_an_organisation"),
        ]


class RoleGrant(models.Model):
    """One role of one account at one organisation, from a day until a day (inclusive), unless revoked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="role_grants")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    granted_at = models.DateTimeField(auto_now_add=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation", "account", "role",
                condition=Q(revoked_at__isnull=True), name="role_grant_once",
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")), name="role_grant_days_in_order"
            ),
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="role_grant_role_known"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["account", "role"], name="role_grant_account")]


class Invitation(models.Model):
    """An invitation by e-mail to work for an organisation; only the hash of its token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    roles = models.JSONField(default=list)
    title_th = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    role_until_on = models.DateField(null=True, blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)


class Substitution(models.Model):
    """`substitute` acts for `principal` at an organisation from a day until a day (inclusive)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="substitutions")
    principal = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    substitute = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="substitutions")
    from_on = models.DateField()
    until_on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(principal=F("substitute")), name="substitution_of_another"),
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="substitution_days_in_order"
            ),
        ]


class Delegation(models.Model):
    """Administrators of `to` may administer `organisation`, or all children of `to` where it is empty."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    to = models.ForeignKey(Organisation, models.PROTECT, related_name="delegations")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="delegated_to"
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    granted_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "to", "organisation", condition=Q(revoked_at__isnull=True), nulls_distinct=False, name="delegation_once"
            )
        ]  # fmt: skip
