"""Who may open the signed-in pages of the registry."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from sala.engines.wire.errors import NotAllowed
from sala.kernel.audit.interface import Actor
from sala.kernel.registry import policy
from sala.kernel.registry.models import Organisation
from sala.kernel.registry.roles import delegated_administrators_of, roles_of

V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in this request."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def account_required(view: V) -> V:
    """Lead those who are not signed in to the sign-in page, and back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not actor_of(request).is_account:
            back = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
            return redirect_to_login(back, reverse("account_login"))
        return view(request, *args, **kwargs)

    return cast(V, guarded)


def operator_required(view: V) -> V:
    """Let only the operator's administrators through."""

    @account_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        decision = policy.can_run_registry(actor_of(request), roles_of(actor_of(request)))
        if not decision:
            raise NotAllowed("registry.not-operator", decision.reason)
        return view(request, *args, **kwargs)

    return cast(V, guarded)


def may_administer(actor: Actor, organisation: Organisation) -> bool:
    """Return whether the actor may change who works for the organisation."""
    return bool(
        policy.can_administer(
            actor, roles_of(actor), organisation.pk, delegated_administrators_of(organisation)
        )
    )


def require_sight(actor: Actor, organisation: Organisation) -> None:
    """Raise `NotAllowed` unless the actor may see who works for the organisation."""
    held, delegated = roles_of(actor), delegated_administrators_of(organisation)
    decision = policy.can_see_officials(actor, held, organisation.pk, delegated)
    if not decision:
        raise NotAllowed("registry.officials-hidden", decision.reason)
