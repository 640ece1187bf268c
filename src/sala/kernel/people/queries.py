"""Reads on accounts that pages and other rooms share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from sala.kernel.audit.interface import Actor
from sala.kernel.people.models import Account, Consent, Mandate, SignIn

Scopes = Callable[[str], Iterable[tuple[str, str]]]
_scopes: list[Scopes] = []


def offer_mandate_scopes(scopes: Scopes) -> None:
    """A port: a higher room names the services a mandate may be given for, as (code, title) by language."""
    _scopes.append(scopes)


def mandate_scopes(language: str) -> list[tuple[str, str]]:
    """Return what a mandate may be given for; everything is always among it."""
    named = [pair for scopes in _scopes for pair in scopes(language)]
    return [("*", gettext("All services")), *named]


def scope_titles(mandate: Mandate, language: str) -> list[str]:
    """Return the titles of a mandate's services."""
    titles = dict(mandate_scopes(language))
    return [titles.get(code, code) for code in mandate.scope]


def account_by_id(account_id: str | UUID) -> Account | None:
    """Return an account by its id, or nothing for an unknown or misspelt one."""
    try:
        key = account_id if isinstance(account_id, UUID) else UUID(str(account_id))
    except ValueError:
        return None
    return Account.objects.filter(pk=key).first()


def account_of(actor: Actor) -> Account | None:
    """Return the account that acts, if a person does."""
    return account_by_id(actor.id) if actor.is_account else None


def display_name(account: Account, language: str = "th") -> str:
    """Return a person's name in a language, else in the other, else a word for somebody without a name."""
    first, second = (
        (account.name_en, account.name_th) if language == "en" else (account.name_th, account.name_en)
    )
    return first or second or gettext("Unnamed account")


def names_of(ids: Collection[str], language: str = "th") -> dict[str, str]:
    """Return the names of accounts by their ids as text, in one query; unknown ids are left out."""
    wanted = [UUID(id_) for id_ in ids if _is_uuid(id_)]
    return {str(one.pk): display_name(one, language) for one in Account.objects.filter(pk__in=wanted)}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def is_invited(email: str) -> bool:
    """Whether an open invitation of an agency waits for this address."""
    invitations = apps.get_model("registry", "Invitation").objects.filter(
        email__iexact=email, accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )
    return bool(invitations.exists())


def log_of(account: Account) -> QuerySet[SignIn]:
    """Return the sign-in log of an account, newest first."""
    return SignIn.objects.filter(account=account).order_by("-at")


def mandates_of(account: Account) -> QuerySet[Mandate]:
    """Return the mandates an account gave or holds, newest first."""
    return (
        Mandate.objects.filter(Q(grantor=account) | Q(grantee=account))
        .select_related("grantor", "grantee")
        .order_by("-created_at")
    )


def consents_of(account: Account) -> QuerySet[Consent]:
    """Return the consents of an account, newest first."""
    return Consent.objects.filter(account=account).order_by("-given_at")


def may_act_for(*, grantee: UUID, grantor: UUID, service: str) -> Mandate | None:
    """Return a mandate in force by which the grantee may act for the grantor in this service."""
    for mandate in Mandate.objects.in_force().filter(grantee_id=grantee, grantor_id=grantor):
        if mandate.covers(service):
            return mandate
    return None
