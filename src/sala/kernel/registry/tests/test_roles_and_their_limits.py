"""Who may give which role, and how long it counts."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.audit.interface import ANONYMOUS, COMMAND
from sala.kernel.registry import appointments, invitations
from sala.kernel.registry.models import Delegation, Invitation, Role, RoleGrant
from sala.kernel.registry.policy import can_administer, can_give, can_run_registry
from sala.kernel.registry.roles import HeldRole, acting, has_role, holders, organisations_of, roles_of
from sala.kernel.registry.tests.cast import account, actor_of, organisation

pytestmark = pytest.mark.django_db


def test_a_role_counts_from_its_first_to_its_last_day(cast) -> None:
    with time_machine.travel("2026-06-01T05:00:00Z", tick=False):
        appointments.grant_role(
            account_id=cast.malee.pk,
            organisation=cast.a,
            role=Role.HEAD,
            from_on=dt.date(2026, 6, 10),
            until_on=dt.date(2026, 6, 20),
            actor=COMMAND,
        )
    for day, counts in (("09", False), ("10", True), ("20", True), ("21", False)):
        with time_machine.travel(f"2026-06-{day}T05:00:00Z", tick=False):
            assert has_role(actor_of(cast.malee), Role.HEAD, cast.a) is counts, day


def test_a_role_at_one_organisation_is_none_at_another_but_the_operators_counts_everywhere(cast) -> None:
    assert has_role(actor_of(cast.somsak), Role.ADMINISTRATOR, cast.a)
    assert not has_role(actor_of(cast.somsak), Role.ADMINISTRATOR, cast.b)
    assert not has_role(actor_of(cast.somsak), Role.ADMINISTRATOR)
    assert has_role(actor_of(cast.kanya), Role.ADMINISTRATOR, cast.b)
    assert has_role(actor_of(cast.kanya), Role.ADMINISTRATOR)
    assert roles_of(ANONYMOUS) == frozenset()
    assert organisations_of(actor_of(cast.somsak), Role.ADMINISTRATOR) == [cast.a.pk]
    assert holders(Role.RESPONDENT, cast.b) == [cast.dao.pk]


def test_outsiders_and_neighbours_give_no_roles(cast) -> None:
    for outsider in (cast.malee, cast.dao):
        with pytest.raises(NotAllowed):
            appointments.grant_role(
                account_id=outsider.pk, organisation=cast.a, role=Role.HEAD, actor=actor_of(outsider)
            )
    assert not RoleGrant.objects.filter(organisation=cast.a, role=Role.HEAD).exists()


def test_only_the_operator_makes_judges(cast) -> None:
    for role in (Role.REVIEWER, Role.JURY, Role.AWARDING_OFFICE):
        with pytest.raises(NotAllowed):
            appointments.grant_role(
                account_id=cast.malee.pk, organisation=cast.a, role=role, actor=actor_of(cast.somsak)
            )
        appointments.grant_role(
            account_id=cast.malee.pk, organisation=cast.operator, role=role, actor=actor_of(cast.kanya)
        )


def test_granting_twice_is_granting_once_and_revoking_ends_it(cast) -> None:
    one, two = (
        appointments.grant_role(
            account_id=cast.malee.pk, organisation=cast.a, role=Role.RESPONDENT, actor=actor_of(cast.somsak)
        )
        for _ in range(2)
    )
    assert one.pk == two.pk
    for _ in range(2):
        appointments.revoke_role(one, actor=actor_of(cast.somsak))
    assert not has_role(actor_of(cast.malee), Role.RESPONDENT, cast.a)


def test_the_platforms_last_administrator_stays(cast) -> None:
    grant = RoleGrant.objects.get(organisation=cast.operator, account=cast.kanya, role=Role.ADMINISTRATOR)
    with pytest.raises(DomainError) as refused:
        appointments.revoke_role(grant, actor=actor_of(cast.kanya))
    assert refused.value.code == "registry.role.last-administrator"
    appointments.grant_role(
        account_id=cast.malee.pk,
        organisation=cast.operator,
        role=Role.ADMINISTRATOR,
        actor=actor_of(cast.kanya),
    )
    appointments.revoke_role(grant, actor=actor_of(cast.kanya))


def test_a_substitute_acts_for_another_on_these_days_and_the_record_says_so(cast) -> None:
    head = account("หัวหน้า")
    for role in (Role.HEAD, Role.ADMINISTRATOR):
        appointments.grant_role(account_id=head.pk, organisation=cast.b, role=role, actor=COMMAND)
    today = timezone.localdate()
    appointments.name_substitute(
        principal_id=head.pk,
        substitute_id=cast.dao.pk,
        organisation=cast.b,
        from_on=today - dt.timedelta(1),
        until_on=today + dt.timedelta(5),
        actor=actor_of(head),
    )
    dao = actor_of(cast.dao)
    assert has_role(dao, Role.HEAD, cast.b)
    assert not has_role(dao, Role.ADMINISTRATOR, cast.b), "nobody administers by standing in"
    assert acting(dao, Role.HEAD, cast.b).on_behalf_of == str(head.pk)
    assert acting(dao, Role.RESPONDENT, cast.b).on_behalf_of is None
    with pytest.raises(DomainError) as refused:
        appointments.name_substitute(
            principal_id=head.pk,
            substitute_id=cast.dao.pk,
            organisation=cast.b,
            from_on=today,
            until_on=today,
            actor=actor_of(head),
        )
    assert refused.value.code == "registry.substitution.overlaps"


def test_nobody_substitutes_from_outside_or_for_themselves(cast) -> None:
    today = timezone.localdate()
    for substitute, code in (
        (cast.malee, "registry.substitution.outsider"),
        (cast.somsak, "registry.substitution.oneself"),
    ):
        with pytest.raises(DomainError) as refused:
            appointments.name_substitute(
                principal_id=cast.somsak.pk,
                substitute_id=substitute.pk,
                organisation=cast.a,
                from_on=today,
                until_on=today,
                actor=actor_of(cast.somsak),
            )
        assert refused.value.code == code
    with pytest.raises(NotAllowed):
        appointments.name_substitute(
            principal_id=cast.somsak.pk,
            substitute_id=cast.malee.pk,
            organisation=cast.a,
            from_on=today,
            until_on=today,
            actor=actor_of(cast.malee),
        )


def test_a_ministry_administers_its_department_only_while_delegated(cast) -> None:
    minister = account("รัฐมนตรี")
    appointments.grant_role(
        account_id=minister.pk, organisation=cast.ministry, role=Role.ADMINISTRATOR, actor=COMMAND
    )

    def give(where) -> None:
        appointments.grant_role(
            account_id=cast.malee.pk, organisation=where, role=Role.RESPONDENT, actor=actor_of(minister)
        )

    with pytest.raises(NotAllowed):
        give(cast.a)
    with pytest.raises(NotAllowed):
        appointments.delegate_administration(to=cast.ministry, organisation=cast.a, actor=actor_of(minister))
    delegation = appointments.delegate_administration(
        to=cast.ministry, organisation=cast.a, actor=actor_of(cast.somsak)
    )
    give(cast.a)
    with pytest.raises(NotAllowed):
        give(cast.b)
    appointments.revoke_delegation(delegation, actor=actor_of(cast.somsak))
    with pytest.raises(NotAllowed):
        appointments.grant_role(
            account_id=cast.malee.pk, organisation=cast.a, role=Role.HEAD, actor=actor_of(minister)
        )
    for _ in range(2):
        appointments.delegate_administration(to=cast.ministry, organisation=None, actor=actor_of(cast.kanya))
    assert Delegation.objects.filter(revoked_at=None).count() == 1
    give(cast.b)


def test_administration_goes_only_to_the_parent(cast) -> None:
    with pytest.raises(DomainError) as refused:
        appointments.delegate_administration(to=cast.b, organisation=cast.a, actor=actor_of(cast.kanya))
    assert refused.value.code == "registry.delegation.not-parent"


def test_an_invitation_is_mailed_in_both_languages_and_used_once(
    cast, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invitation, address = invitations.invite(
            organisation=cast.a, email="New@Agency.example", roles=["respondent"], actor=actor_of(cast.somsak)
        )
    token = address.rstrip("/").rsplit("/", 1)[1]
    assert len(mail.outbox) == 1
    assert token in mail.outbox[0].body
    assert "คุณได้รับเชิญ" in mail.outbox[0].body
    assert "You are invited" in mail.outbox[0].body
    assert invitation.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(Invitation.objects.values().get()), "only the hash is kept"
    with pytest.raises(DomainError):
        invitations.accept_invitation(token, actor=ANONYMOUS)
    invitations.accept_invitation(token, actor=actor_of(cast.malee))
    assert has_role(actor_of(cast.malee), Role.RESPONDENT, cast.a)
    with pytest.raises(DomainError) as used:
        invitations.accept_invitation(token, actor=actor_of(cast.dao))
    assert used.value.code == "registry.invitation.used"
    assert not has_role(actor_of(cast.dao), Role.RESPONDENT, cast.a)


def test_invitations_run_out_are_withdrawn_and_replaced(cast) -> None:
    somsak = actor_of(cast.somsak)
    _, first = invitations.invite(organisation=cast.a, email="x@a.example", roles=["head"], actor=somsak)
    second, address = invitations.invite(
        organisation=cast.a, email="x@a.example", roles=["head"], actor=somsak
    )

    def token(link: str) -> str:
        return link.rstrip("/").rsplit("/", 1)[1]

    with pytest.raises(DomainError) as replaced:
        invitations.open_invitation(token(first))
    assert replaced.value.code == "registry.invitation.unknown"
    with (
        time_machine.travel(timezone.now() + dt.timedelta(days=8)),
        pytest.raises(DomainError) as late,
    ):
        invitations.open_invitation(token(address))
    assert late.value.code == "registry.invitation.expired"
    invitations.withdraw_invitation(second, actor=somsak)
    with pytest.raises(DomainError):
        invitations.open_invitation(token(address))


@pytest.mark.parametrize("roles", [[], ["jury"]])
def test_an_invitation_gives_nothing_that_its_sender_may_not_give(cast, roles) -> None:
    with pytest.raises(DomainError):
        invitations.invite(organisation=cast.a, email="x@a.example", roles=roles, actor=actor_of(cast.somsak))


ORGANISATIONS = ["operator", "a", "b"]


@given(
    st.lists(st.tuples(st.sampled_from(Role.values), st.sampled_from(ORGANISATIONS)), max_size=6),
    st.sampled_from(Role.values),
)
def test_administration_never_leaks_between_organisations(grants, role) -> None:
    """Whatever else is held: without administration at A, at a delegate or at the operator, nothing is given at A."""
    from uuid import NAMESPACE_DNS, uuid5

    ids = {name: uuid5(NAMESPACE_DNS, name) for name in ORGANISATIONS}
    held = frozenset(HeldRole(one, ids[place], place == "operator") for one, place in grants)
    from sala.kernel.audit.interface import Actor

    actor = Actor("account", "x")
    administers_a = any(
        one.role == "administrator" and (one.is_operator or one.organisation_id == ids["a"]) for one in held
    )
    assert bool(can_administer(actor, held, ids["a"])) is administers_a
    assert bool(can_run_registry(actor, held)) is any(
        one.role == "administrator" and one.is_operator for one in held
    )
    assert not can_give(actor, held, role, ids["a"]) or administers_a
    delegated = can_administer(actor, held, ids["a"], {ids["b"]})
    assert bool(delegated) is (
        administers_a or any(one.role == "administrator" and one.organisation_id == ids["b"] for one in held)
    )


def test_roles_are_read_in_one_query(cast, django_assert_num_queries) -> None:
    organisation("c")
    with django_assert_num_queries(1):
        roles_of(actor_of(cast.somsak))
