"""Signed-in pages: who works for an organisation, with what roles, invited by whom, substituted by whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sala.engines.wire.errors import DomainError, NotAllowed
from sala.kernel.registry import appointments, invitations, policy
from sala.kernel.registry.access import account_required, actor_of, may_administer, require_sight
from sala.kernel.registry.appointments import require_administration
from sala.kernel.registry.forms import GrantForm, InviteForm, SubstituteForm
from sala.kernel.registry.models import Delegation, Invitation, Organisation, RoleGrant, Substitution
from sala.kernel.registry.roles import roles_of, today


def _organisation(code: str) -> Organisation:
    return get_object_or_404(Organisation.objects.select_related("parent"), code=code)


@require_safe
@account_required
def mine(request: HttpRequest) -> HttpResponse:
    """The organisations where I hold a role."""
    held = roles_of(actor_of(request))
    rows = {
        one.pk: one
        for one in Organisation.objects.select_related("parent").filter(
            pk__in={one.organisation_id for one in held}
        )
    }
    grouped: dict[UUID, list[Any]] = {}
    for one in sorted(held, key=lambda one: one.role):
        grouped.setdefault(one.organisation_id, []).append(one)
    context = {
        "posts": [(rows[pk], grants) for pk, grants in grouped.items()],
        "may_import": bool(policy.can_run_registry(actor_of(request), held)),
    }
    return render(request, "registry/mine.html", context)


@require_safe
@account_required
def people(request: HttpRequest, code: str) -> HttpResponse:
    """Officials of an organisation with their roles, open invitations, substitutes and delegation."""
    organisation = _organisation(code)
    actor = actor_of(request)
    require_sight(actor, organisation)
    day = today()
    grants: dict[UUID, list[RoleGrant]] = {}
    for grant in organisation.role_grants.filter(revoked_at__isnull=True).order_by("role"):
        if grant.until_on is None or grant.until_on >= day:
            grants.setdefault(grant.account_id, []).append(grant)
    officials = [
        (one, grants.get(one.account_id, []))
        for one in organisation.officials.select_related("account").order_by("since_on", "id")
    ]
    administers = may_administer(actor, organisation)
    context = {
        "organisation": organisation,
        "officials": officials,
        "administers": administers,
        "invitations": organisation.invitations.filter(
            accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now()
        ).order_by("-invited_at")
        if administers
        else [],
        "substitutions": organisation.substitutions.filter(ended_at__isnull=True, until_on__gte=day)
        .select_related("principal", "substitute")
        .order_by("from_on"),
        "delegation": Delegation.objects.filter(
            organisation=organisation, to=organisation.parent, revoked_at__isnull=True
        ).first(),
        "delegation_of_all": Delegation.objects.filter(
            organisation=None, to=organisation.parent, revoked_at__isnull=True
        ).exists()
        if organisation.parent_id
        else False,
        "may_delegate": bool(policy.can_delegate(actor, roles_of(actor), organisation.pk)),
    }
    return render(request, "registry/people.html", context)


Save = Callable[[dict[str, Any]], str]


def _form_page(
    request: HttpRequest,
    organisation: Organisation,
    form: forms.Form,
    save: Save,
    heading: str,
    button: str,
    note: str = "",
) -> HttpResponse:
    """Show a form; save it and go back to the people page, or show what is wrong with everything kept."""
    if request.method == "POST" and form.is_valid():
        try:
            said = save(form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, said)
            return redirect("registry:people", organisation.code)
    context = {"organisation": organisation, "form": form, "heading": heading, "button": button, "note": note}
    return render(request, "registry/people_form.html", context, status=422 if form.errors else 200)


def _by_operator(request: HttpRequest) -> bool:
    actor = actor_of(request)
    return bool(policy.can_run_registry(actor, roles_of(actor)))


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def invite(request: HttpRequest, code: str) -> HttpResponse:
    """Invite somebody by e-mail."""
    organisation = _organisation(code)
    actor = actor_of(request)
    require_administration(actor, organisation)
    form = InviteForm(request.POST or None, by_operator=_by_operator(request))

    def save(data: dict[str, Any]) -> str:
        invitations.invite(organisation=organisation, actor=actor, **data)
        return _("The invitation was sent.")

    return _form_page(request, organisation, form, save, _("Invite an official"), _("Send the invitation"))


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def grant(request: HttpRequest, code: str) -> HttpResponse:
    """Give a further role to an official."""
    organisation = _organisation(code)
    actor = actor_of(request)
    require_administration(actor, organisation)
    form = GrantForm(request.POST or None, organisation=organisation, by_operator=_by_operator(request))

    def save(data: dict[str, Any]) -> str:
        official = data.pop("official")
        appointments.grant_role(
            account_id=official.account_id, organisation=organisation, actor=actor, **data
        )
        return _("The role was given.")

    return _form_page(request, organisation, form, save, _("Give a role"), _("Give the role"))


@require_http_methods(["GET", "HEAD", "POST"])
@account_required
def substitute(request: HttpRequest, code: str) -> HttpResponse:
    """Name who acts for whom."""
    organisation = _organisation(code)
    actor = actor_of(request)
    require_sight(actor, organisation)
    form = SubstituteForm(request.POST or None, organisation=organisation)

    def save(data: dict[str, Any]) -> str:
        principal, stand_in = data.pop("principal"), data.pop("substitute")
        appointments.name_substitute(
            principal_id=principal.account_id,
            substitute_id=stand_in.account_id,
            organisation=organisation,
            actor=actor,
            **data,
        )
        return _("The substitute was named.")

    note = _(
        "The substitute gets the roles of the person who is away for these days, but not those of an administrator or auditor. Everything they do is recorded as done on that person's behalf."
    )
    return _form_page(
        request, organisation, form, save, _("Name a substitute"), _("Name the substitute"), note
    )


@require_POST
@account_required
def revoke(request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
    """Take a role back."""
    held = get_object_or_404(RoleGrant.objects.select_related("organisation"), pk=pk, organisation__code=code)
    appointments.revoke_role(held, actor=actor_of(request))
    messages.success(request, _("The role was taken back."))
    return redirect("registry:people", code)


@require_POST
@account_required
def withdraw(request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
    """Withdraw an invitation."""
    invitation = get_object_or_404(
        Invitation.objects.select_related("organisation"), pk=pk, organisation__code=code
    )
    invitations.withdraw_invitation(invitation, actor=actor_of(request))
    messages.success(request, _("The invitation was withdrawn; its link no longer works."))
    return redirect("registry:people", code)


@require_POST
@account_required
def end_substitution(request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
    """End a substitution."""
    substitution = get_object_or_404(
        Substitution.objects.select_related("organisation"), pk=pk, organisation__code=code
    )
    appointments.end_substitution(substitution, actor=actor_of(request))
    messages.success(request, _("The substitution ended."))
    return redirect("registry:people", code)


@require_POST
@account_required
def delegate(request: HttpRequest, code: str) -> HttpResponse:
    """Hand administration to the parent organisation, or take it back."""
    organisation = _organisation(code)
    actor = actor_of(request)
    if organisation.parent is None:
        raise DomainError("registry.delegation.no-parent", _("This organisation has no parent."))
    standing = Delegation.objects.filter(
        organisation=organisation, to=organisation.parent, revoked_at__isnull=True
    ).first()
    if request.POST.get("back") and standing is not None:
        appointments.revoke_delegation(standing, actor=actor)
        messages.success(request, _("The delegation was taken back."))
    elif not request.POST.get("back"):
        appointments.delegate_administration(to=organisation.parent, organisation=organisation, actor=actor)
        messages.success(request, _("The parent organisation may now administer this one."))
    return redirect("registry:people", code)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation; accept it when signed in."""
    found = invitations.open_invitation(token)
    if request.method == "POST":
        accepted = invitations.accept_invitation(token, actor=actor_of(request))
        messages.success(request, _("Welcome. Your roles count from now on."))
        return redirect("registry:people", accepted.organisation.code)
    response = render(
        request, "registry/invitation.html", {"invitation": found, "organisation": found.organisation}
    )
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response
