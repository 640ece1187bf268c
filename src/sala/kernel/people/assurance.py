"""How sure we are of who acts: levels, the session's `AuthContext`, and what a view may demand.

IAL (how well the person was identified) and AAL (how well this sign-in proved it) follow Thailand's digital ID
standards: IAL 1.1 to 2.3 and 3, AAL 1 to 3.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.engines.wire.errors import NotAllowed

IALS = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3")
AALS = (1, 2, 3)
SESSION_KEY = "people.auth"
LOCAL = "local"

View = Callable[..., HttpResponseBase]
V = TypeVar("V", bound=View)


def ial_rank(ial: str | None) -> int:
    """Return the place of a level in the order, -1 for none or an unknown one."""
    return IALS.index(ial) if ial in IALS else -1


@dataclass(frozen=True)
class AuthContext:
    """How the person of this session signed in.

    `idp` is the identity provider's id or `local`; `auth_time` the last proof, in seconds since 1970; `amr`
    the proofs used (RFC 8176: pwd, otp, hwk, …); `on_behalf_of` the represented account and `mandate` what
    allows it.
    """

    idp: str
    auth_time: float
    ial: str | None = None
    aal: int | None = None
    amr: tuple[str, ...] = ()
    on_behalf_of: str | None = None
    mandate: str | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> AuthContext | None:
        """Return the context of the request's session, if somebody signed in there."""
        return cls.read(request.session)

    @classmethod
    def read(cls, session: SessionBase) -> AuthContext | None:
        data = session.get(SESSION_KEY)
        if not isinstance(data, Mapping):
            return None
        return cls(**{**data, "amr": tuple(data.get("amr", ()))})

    def write(self, session: SessionBase) -> None:
        """Keep this context on the session."""
        session[SESSION_KEY] = {**asdict(self), "amr": list(self.amr)}

    def reaches(self, *, ial: str | None = None, aal: int | None = None) -> bool:
        """Whether both demanded levels are reached."""
        return (ial is None or ial_rank(self.ial) >= ial_rank(ial)) and (
            aal is None or (self.aal or 0) >= aal
        )

    def proved_within(self, seconds: float) -> bool:
        """Whether the last proof is no older than this."""
        return time.time() - self.auth_time <= seconds

    def acting_for(self, grantor: str | None, mandate: str | None) -> AuthContext:
        """Return this context with another represented account, or none."""
        return replace(self, on_behalf_of=grantor, mandate=mandate)

    @property
    def lacks_second_factor(self) -> bool:
        """Whether a password alone opened this session; such a session may not act."""
        return self.idp == LOCAL and "pwd" in self.amr and (self.aal or 0) < 2


def here(request: HttpRequest) -> str:
    """Return where to come back to: this page, or for a sent form the page it was on."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    return request.path


def _to(name: str, request: HttpRequest, **query: object) -> HttpResponseRedirect:
    values = {"next": here(request), **{k: v for k, v in query.items() if v is not None}}
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode(values)}")


def signed_in(view: V) -> V:
    """Let only signed-in people through; others sign in first and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.actor.is_account:  # type: ignore[attr-defined]
            return _to("account_login", request)
        return view(request, *args, **kwargs)

    return cast(V, guarded)


def requires_assurance(*, ial: str | None = None, aal: int | None = None) -> Callable[[V], V]:
    """Let only sign-ins of at least these levels through; others are led to prove more and come back."""
    if (ial is not None and ial not in IALS) or (aal is not None and aal not in AALS):
        raise ValueError(f"no such level: ial={ial} aal={aal}")

    def decorate(view: V) -> V:
        @signed_in
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            context = AuthContext.of(request)
            if context is None or not context.reaches(ial=ial, aal=aal):
                return _to("people:step-up", request, ial=ial, aal=aal)
            return view(request, *args, **kwargs)

        return cast(V, guarded)

    return decorate


def reauthenticated(within_s: int) -> Callable[[V], V]:
    """Let only people through who proved who they are in the last seconds; others do it now and come back."""

    def decorate(view: V) -> V:
        @signed_in
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            context = AuthContext.of(request)
            if context is None or not context.proved_within(within_s):
                return _to("people:step-up", request)
            return view(request, *args, **kwargs)

        return cast(V, guarded)

    return decorate


class Assured:
    """Class-based views: set `ial`, `aal` and `within_s` and put this first among the bases."""

    ial: str | None = None
    aal: int | None = None
    within_s: int | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        view: Callable[..., HttpResponseBase] = super().dispatch  # type: ignore[misc]
        if self.within_s is not None:
            view = reauthenticated(self.within_s)(view)
        return requires_assurance(ial=self.ial, aal=self.aal)(view)(request, *args, **kwargs)


def demand(actor: Any, *, ial: str | None = None, aal: int | None = None) -> None:
    """Raise `NotAllowed` in an action whose actor's sign-in does not reach these levels."""
    reached = ial is None or ial_rank(actor.ial) >= ial_rank(ial)
    if not reached or (aal is not None and (actor.aal or 0) < aal):
        raise NotAllowed(
            "people.assurance.too-low",
            _("Please confirm your identity at a higher level before doing this."),
        )
