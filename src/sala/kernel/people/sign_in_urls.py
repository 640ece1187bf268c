"""Addresses of signing in: allauth's views under our paths, by the names that allauth itself looks up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.cache import never_cache

from sala.kernel.people import oidc_views, sign_in_views
from sala.kernel.people.assurance import reauthenticated
from sala.kernel.people.sign_in_views import guarded

Page = Callable[..., HttpResponseBase]


def careful(view: Page) -> Page:
    """A page that changes how somebody signs in: only soon after they proved who they are."""
    inner = reauthenticated(300)(view)

    @never_cache
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Somebody with a password alone is let in here only, to add the second factor; they just proved it.
        context = request.auth_context  # type: ignore[attr-defined]
        if context is not None and context.lacks_second_factor and context.proved_within(900):
            return view(request, *args, **kwargs)
        return inner(request, *args, **kwargs)

    return page


urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", sign_in_views.login, name="account_login"),
    path("sign-in/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/second-factor/", guarded(mfa.authenticate), name="mfa_authenticate"),
    path("sign-in/again/", guarded(account.reauthenticate), name="account_reauthenticate"),
    path("sign-in/again/code/", guarded(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("sign-in/again/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("sign-in/code/", account.email_verification_sent, name="account_email_verification_sent"),
    path("sign-in/password/", account.password_reset, name="account_reset_password"),
    path(
        "sign-in/password/code/",
        account.confirm_password_reset_code,
        name="account_confirm_password_reset_code",
    ),
    path("sign-in/password/new/", account.complete_password_reset, name="account_complete_password_reset"),
    path(
        "sign-in/password/done/",
        account.password_reset_from_key_done,
        name="account_password_reset_completed",
    ),
    path("sign-in/closed/", account.account_inactive, name="account_inactive"),
    path("sign-in/invited-only/", sign_in_views.invited_only, name="account_signup"),
    path("sign-in/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("sign-in/failed/", social.login_error, name="socialaccount_login_error"),
    path("sign-in/with/<slug:provider_id>/", oidc_views.login, name="openid_connect_login"),
    path("sign-in/with/<slug:provider_id>/back/", oidc_views.callback, name="openid_connect_callback"),
    path("sign-out/", sign_in_views.logout, name="account_logout"),
    path("me/e-mail/", careful(account.email), name="account_email"),
    path("me/password/", guarded(careful(account.password_change)), name="account_change_password"),
    path("me/password/set/", careful(account.password_set), name="account_set_password"),
    path("me/connections/", careful(sign_in_views.connections), name="socialaccount_connections"),
    path("me/second-factor/ways/", sign_in_views.ways, name="mfa_index"),
    path("me/second-factor/app/", guarded(careful(totp.activate_totp)), name="mfa_activate_totp"),
    path("me/second-factor/app/remove/", careful(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "me/second-factor/recovery-codes/",
        careful(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "me/second-factor/recovery-codes/new/",
        careful(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "me/second-factor/recovery-codes/download/",
        careful(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("me/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("me/passkeys/add/", careful(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("me/passkeys/<int:pk>/remove/", careful(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("me/passkeys/<int:pk>/name/", careful(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
]
