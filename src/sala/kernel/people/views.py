"""A person's own pages: profile, ways to sign in, sign-ins, mandates, consents, and proving it again."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import Actor
from sala.kernel.people import actions, guard, oidc_views, queries, sessions
from sala.kernel.people.adapters import is_local_path
from sala.kernel.people.assurance import IALS, AuthContext, reauthenticated, signed_in
from sala.kernel.people.devices import keep_choices
from sala.kernel.people.factors import factors_of
from sala.kernel.people.forms import MandateForm, ProfileForm
from sala.kernel.people.models import Account, Ending, Mandate
from sala.kernel.people.oidc import acr_for
from sala.kernel.people.sign_in_views import guarded

PAGE = 25


def _me(request: HttpRequest) -> Account:
    return cast(Account, request.user)


def _actor(request: HttpRequest) -> Actor:
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def _self(request: HttpRequest) -> Actor:
    """Return the actor as themselves: on their own pages nobody acts for another."""
    actor = _actor(request)
    return Actor(actor.kind, actor.id, via=actor.via, ial=actor.ial, aal=actor.aal)


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show who is signed in and how surely; change language and look."""
    me = _me(request)
    form = ProfileForm(request.POST or None, initial={"language": me.language, "theme": me.theme})
    if request.method == "POST" and form.is_valid():
        me = actions.change_profile(me, actor=_self(request), **form.cleaned_data)
        messages.success(request, _("Your choices are saved."))
        response = redirect("people:me")
        keep_choices(response, language=me.language, theme=me.theme)
        return response
    return render(
        request,
        "people/profile.html",
        {
            "form": form,
            "account": me,
            "name": queries.display_name(me, get_language() or "th"),
            "context": AuthContext.of(request),
            "emails": EmailAddress.objects.filter(user=me).order_by("-primary", "email"),
            "identity": getattr(me, "national_identity", None),
            "mandate_count": Mandate.objects.in_force().filter(grantee=me).count(),
        },
    )


@never_cache
@signed_in
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """Show every way to sign in, and what a lost phone would mean."""
    me = _me(request)
    return render(
        request,
        "people/security.html",
        {
            "factors": factors_of(me),
            "passkeys": [a.wrap() for a in Authenticator.objects.filter(user=me, type="webauthn")],
            "connections": SocialAccount.objects.filter(user=me).count(),
            "open_sessions": sessions.open_sessions(me).count(),
        },
    )


@never_cache
@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    """Let an official who came by password choose a second factor before anything else."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    context = AuthContext.of(request)
    url = request.GET.get("next", "")
    if context is None or not context.lacks_second_factor:
        return HttpResponseRedirect(url if is_local_path(url) else reverse("people:security"))
    return render(request, "people/second_factor.html", {"next": url if is_local_path(url) else ""})


@never_cache
@signed_in
@require_GET
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Show open sessions and the sign-in log of 90 days."""
    me = _me(request)
    page = Paginator(queries.log_of(me), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "people/sign_ins.html",
        {
            "open_sessions": list(sessions.open_sessions(me)),
            "this_session": request.session.session_key,
            "page": page,
        },
    )


@signed_in
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session of the person, this one too."""
    actions.sign_out_everywhere(_me(request), actor=_self(request))
    logout(request)
    request.session[sessions.ENDED] = Ending.EVERYWHERE.value
    return redirect("account_login")


@signed_in
@require_POST
def end_session(request: HttpRequest, pk: str) -> HttpResponse:
    """End one other session."""
    row = get_object_or_404(sessions.open_sessions(_me(request)), pk=pk)
    actions.end_session(row, actor=_self(request))
    messages.success(request, _("That session has ended."))
    return redirect("people:sign-ins")


@never_cache
@signed_in
@require_GET
def mandates(request: HttpRequest) -> HttpResponse:
    """Show for whom one may act, who may act for oneself, and what is over."""
    me, language = _me(request), get_language() or "th"
    in_force = set(Mandate.objects.in_force().values_list("pk", flat=True).filter(grantee=me)) | set(
        Mandate.objects.in_force().values_list("pk", flat=True).filter(grantor=me)
    )
    rows = [
        {
            "mandate": m,
            "in_force": m.pk in in_force,
            "mine": m.grantor_id == me.pk,
            "other": queries.display_name(m.grantee if m.grantor_id == me.pk else m.grantor, language),
            "scope": queries.scope_titles(m, language),
        }
        for m in queries.mandates_of(me)
    ]
    context = AuthContext.of(request)
    return render(
        request,
        "people/mandates.html",
        {
            "held": [r for r in rows if not r["mine"] and r["in_force"]],
            "given": [r for r in rows if r["mine"] and r["in_force"]],
            "over": [r for r in rows if not r["in_force"]],
            "acting_mandate": context.mandate if context else None,
            "code": request.session.pop("people.mandate_code", ""),
        },
    )


@signed_in
@require_POST
def mandate_code(request: HttpRequest) -> HttpResponse:
    """Make the code by which another person names me; shown once."""
    request.session["people.mandate_code"] = actions.show_mandate_code(_me(request), actor=_self(request))
    return redirect("people:mandates")


@never_cache
@guarded
@reauthenticated(900)
@require_http_methods(["GET", "POST"])
def give_mandate(request: HttpRequest) -> HttpResponse:
    """Let another person act for me."""
    language = get_language() or "th"
    form = MandateForm(request.POST or None, scopes=queries.mandate_scopes(language))
    if request.method == "POST" and form.is_valid():
        ticket = guard.take_code(f"mandate:{request.user.pk}")
        try:
            grantee = actions.account_by_mandate_code(form.cleaned_data["code"])
            guard.succeeded(ticket)
            if request.POST.get("sure") != "yes":
                return render(
                    request,
                    "people/mandate_sure.html",
                    {
                        "form": form,
                        "other": queries.display_name(grantee, language),
                        "scope": [
                            t for c, t in queries.mandate_scopes(language) if c in form.cleaned_data["scope"]
                        ],
                    },
                )
            actions.grant_mandate(
                grantor=_me(request),
                grantee=grantee,
                scope=form.cleaned_data["scope"],
                ends_at=form.cleaned_data["ends_on"],
                actor=_actor(request),
            )
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            messages.success(request, _("The mandate is given. You can take it back here at any time."))
            return redirect("people:mandates")
    return render(request, "people/mandate_give.html", {"form": form}, status=422 if form.errors else 200)


def _mandate(request: HttpRequest, pk: str) -> Mandate:
    return get_object_or_404(queries.mandates_of(_me(request)), pk=pk)


@signed_in
@require_POST
def act_for(request: HttpRequest, pk: str) -> HttpResponse:
    """Begin to act for the grantor in this session."""
    mandate = actions.begin_acting(_mandate(request, pk), actor=_self(request))
    context = AuthContext.of(request)
    if context is None:
        raise Http404
    context.acting_for(str(mandate.grantor_id), str(mandate.pk)).write(request.session)
    messages.success(
        request,
        _("You now act for %(name)s.")
        % {"name": queries.display_name(mandate.grantor, get_language() or "th")},
    )
    return redirect("people:mandates")


@signed_in
@require_POST
def stop_acting(request: HttpRequest) -> HttpResponse:
    """Act for oneself again."""
    if (context := AuthContext.of(request)) is not None:
        context.acting_for(None, None).write(request.session)
    return redirect("people:mandates")


@signed_in
@require_POST
def revoke_mandate(request: HttpRequest, pk: str) -> HttpResponse:
    """End a mandate that one gave or holds."""
    actions.revoke_mandate(_mandate(request, pk), actor=_self(request))
    messages.success(request, _("The mandate has ended."))
    return redirect("people:mandates")


@never_cache
@signed_in
@require_GET
def consents(request: HttpRequest) -> HttpResponse:
    """Show what one agreed to, in the words one saw."""
    rows = list(queries.consents_of(_me(request)))
    return render(
        request,
        "people/consents.html",
        {
            "in_force": [c for c in rows if c.withdrawn_at is None],
            "withdrawn": [c for c in rows if c.withdrawn_at is not None],
        },
    )


@signed_in
@require_POST
def withdraw_consent(request: HttpRequest, pk: str) -> HttpResponse:
    """Withdraw a consent from now on."""
    consent = get_object_or_404(queries.consents_of(_me(request)), pk=pk)
    actions.withdraw_consent(consent, actor=_self(request))
    messages.success(request, _("The consent is withdrawn."))
    return redirect("people:consents")


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
def step_up(request: HttpRequest) -> HttpResponse:
    """Explain why more proof is needed, and lead to it: to the provider, or to what the account has here."""
    me = _me(request)
    source: Any = request.POST if request.method == "POST" else request.GET
    url = source.get("next", "")
    url = url if is_local_path(url) else reverse("people:me")
    ial = source.get("ial") or None
    aal = int(source["aal"]) if source.get("aal", "").isdigit() else None
    if ial is not None and ial not in IALS:
        raise Http404
    context = AuthContext.of(request)
    provider = _provider_for(request, context, needs_identity=ial is not None)
    locally = [] if provider is not None else get_adapter().get_reauthentication_methods(me)
    if request.method == "POST" and provider is not None:
        return _ask_provider(request, provider, url, ial, aal)
    if locally and ial is None and aal is None:
        return HttpResponseRedirect(f"{locally[0]['url']}?{urlencode({'next': url})}")
    return render(
        request,
        "people/step_up.html",
        {"provider": provider, "next": url, "ial": ial, "aal": aal, "context": context},
        status=200 if provider is not None else 403,
    )


def _provider_for(request: HttpRequest, context: AuthContext | None, *, needs_identity: bool) -> Any:
    """Return the provider that can prove this person again, or nothing."""
    linked = list(SocialAccount.objects.filter(user=_me(request)).values_list("provider", flat=True))
    wanted = [context.idp] if context and context.idp in linked else linked if needs_identity else []
    for provider_id in wanted:
        try:
            return oidc_views.provider_of(request, provider_id)
        except SocialApp.DoesNotExist:
            continue
    return None


def _ask_provider(
    request: HttpRequest, provider: Any, url: str, ial: str | None, aal: int | None
) -> HttpResponse:
    acr = acr_for(provider.app.settings["levels"], ial, aal) if ial or aal else ""
    params = {**provider.get_auth_params(), "max_age": "0", "prompt": "login"}
    if acr:
        params["acr_values"] = acr
    try:
        with oidc_views.calling_out(provider.app):
            response: HttpResponse = provider.redirect(
                request, "login", next_url=url, data={"step_up": {"ial": ial, "aal": aal}}, auth_params=params
            )
    except oidc_views.Busy:
        return oidc_views.come_again(request)
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def session_left(request: HttpRequest) -> JsonResponse:
    """Tell how long the session lives (a look does not keep it); a POST keeps it."""
    if not request.user.is_authenticated:
        return JsonResponse({"signed_in": False, "seconds": 0})
    return JsonResponse({"signed_in": True, "seconds": sessions.seconds_left(request.session)})
