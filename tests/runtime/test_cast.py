"""The cast of the tests is what its names say."""

from __future__ import annotations

from django.test import Client

from sala.kernel.audit.interface import Actor
from sala.kernel.people.interface import Account
from sala.kernel.registry.interface import Organisation, Role, has_role


def acting(account: Account) -> Actor:
    return Actor("account", str(account.pk))


def test_officers_hold_their_role_at_their_own_agency_only(
    somsak: Account, dao: Account, agency_a: Organisation, agency_b: Organisation
) -> None:
    assert has_role(acting(somsak), Role.RESPONDENT, agency_a)
    assert not has_role(acting(somsak), Role.RESPONDENT, agency_b)
    assert has_role(acting(dao), Role.RESPONDENT, agency_b)
    assert not has_role(acting(dao), Role.RESPONDENT, agency_a)


def test_the_operator_holds_roles_everywhere(
    auditor: Account, operator_admin: Account, malee: Account, agency_a: Organisation
) -> None:
    assert has_role(acting(auditor), Role.AUDITOR, agency_a)
    assert has_role(acting(operator_admin), Role.ADMINISTRATOR, agency_a)
    assert not has_role(acting(malee), Role.ADMINISTRATOR, agency_a)


def test_a_signed_in_browser_is_that_person(malee_client: Client, malee: Account) -> None:
    assert malee_client.session["_auth_user_id"] == str(malee.pk)
