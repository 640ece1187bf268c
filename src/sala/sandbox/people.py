"""Gives the personas their accounts and roles, before they ever sign in; again and again the same."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from sala.kernel.audit.interface import Actor
from sala.kernel.people.interface import Account, open_digital_id_account
from sala.kernel.registry.interface import Organisation, grant_role, operator
from sala.sandbox.personas import FAILURE, PERSONAS, Persona

PROVIDER = "thaid-test"
AGENCIES = {"A": "demo-m01-d01", "B": "demo-m02-d01", "ministry": "demo-m01"}


@dataclass(frozen=True)
class Loaded:
    """How many accounts there are, and how many roles they hold; without the country nobody holds any."""

    accounts: int
    roles: int


def load_personas(*, actor: Actor) -> Loaded:
    """Open an account for each persona that can sign in, linked to the provider's subject, and give its roles."""
    accounts = roles = 0
    for persona in PERSONAS:
        if persona.group == FAILURE and persona.fault:
            continue  # whoever never comes in needs no account
        with transaction.atomic():
            account = _account(persona, actor)
            accounts += 1
            roles += _roles(persona, account, actor)
    return Loaded(accounts, roles)


def _account(persona: Persona, actor: Actor) -> Account:
    known = (
        SocialAccount.objects.select_related("user").filter(provider=PROVIDER, uid=persona.subject).first()
    )
    if known is not None:
        account: Account = known.user
        return account
    return open_digital_id_account(
        idp=PROVIDER,
        subject=persona.subject,
        name_th=persona.name_th,
        name_en=persona.name_en,
        actor=actor,
    )


def _organisation(place: str) -> Organisation | None:
    return operator() if place == "operator" else Organisation.objects.filter(code=AGENCIES[place]).first()


def _roles(persona: Persona, account: Account, actor: Actor) -> int:
    given = 0
    for role, place in persona.roles:
        organisation = _organisation(place)
        if organisation is None:
            continue
        grant_role(account_id=account.pk, organisation=organisation, role=role, actor=actor)
        given += 1
    return given
