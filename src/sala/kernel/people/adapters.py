"""Where allauth asks us: who may sign in, what it proves, how it is counted, and in which words."""

from __future__ import annotations

import time
from io import BytesIO
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthError
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from requests import RequestException, Session

from sala.kernel.audit.interface import Actor
from sala.kernel.people import actions, factors, guard, sessions
from sala.kernel.people.assurance import AuthContext, ial_rank
from sala.kernel.people.models import Account, Method, NationalIdentity, Outcome
from sala.kernel.people.oidc import Evidence, Refused, check_answer, is_loopback
from sala.kernel.people.pid import pid_keys
from sala.kernel.people.signals import TYPES_TO_AMR

REAUTHENTICATE_AFTER_S = 300
KNOWN_DESCRIPTIONS = {"card_expired", "liveness_failed"}


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """allauth's second-factor stage, but a digital ID has proved enough by itself."""

    def _should_handle(self, request: HttpRequest) -> bool:
        records = get_authentication_records(request, self.login.user)
        if records and records[-1]["method"] == "socialaccount":
            return False
        return bool(super()._should_handle(request))


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """E-mail and password for officials, with our guard, our words and our sessions."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "cannot_remove_primary_email": _("Make another address the main one before removing this one."),
        "duplicate_email": _("This address already belongs to your account."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "email_taken": _("This address cannot be used."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("The code is not right. Please check it and try again."),
        "incorrect_password": _("The password is not right."),
        "invalid_or_expired_key": _("This link or code has expired. Please start again."),
        "invalid_login": _("The e-mail address or the password is not right."),
        "invalid_password_reset": _("This link or code has expired. Please start again."),
        "max_email_addresses": _("You cannot add more than %d addresses."),
        "too_many_login_attempts": _("Too many tries. Please wait a few minutes and try again."),
        "unverified_primary_email": _("The main address must be confirmed first."),
        "same_as_current": _("Please give a value different from the current one."),
        "rate_limited": _("Too many requests in a short time. Please wait a moment."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # officials are invited; everyone else comes by digital ID

    def get_login_stages(self) -> list[str]:
        ours = f"{SecondFactorStage.__module__}.{SecondFactorStage.__qualname__}"
        return [
            ours if stage == "allauth.mfa.stages.AuthenticateStage" else stage
            for stage in super().get_login_stages()
        ]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        login = str(credentials.get("email") or credentials.get("username") or "")
        self._ticket = guard.take(guard.keys_for(request, login))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        account = super().authenticate(request, **credentials)
        if account is not None:
            guard.succeeded(self._ticket)
        return account  # type: ignore[no-any-return]

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = str(credentials.get("email") or "")
        account = Account.objects.filter(emailaddress__email__iexact=email).first() if email else None
        sessions.note(request, account=account, method=Method.PASSWORD, outcome=Outcome.WRONG)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        if not isinstance(user, Account):
            raise TypeError("an account signs in")
        evidence: Evidence | None = getattr(request, "oidc_evidence", None)
        context, method = self._context(request, user, evidence)
        super().login(request, user)  # rotates the session key
        if evidence is not None:
            request.session[sessions.ID_TOKEN] = evidence.id_token
            remember_person(user, evidence)
        sessions.begin(request, user, context, method)
        request.signed_in_now = user  # type: ignore[attr-defined]
        request.session.set_expiry(0)

    @staticmethod
    def _context(
        request: HttpRequest, account: Account, evidence: Evidence | None
    ) -> tuple[AuthContext, Method]:
        if evidence is not None:
            return (
                AuthContext(
                    idp=evidence.idp,
                    auth_time=evidence.auth_time or time.time(),
                    ial=evidence.ial,
                    aal=evidence.aal,
                    amr=evidence.amr,
                ),
                Method.OIDC,
            )
        records = get_authentication_records(request, account)
        passwordless = any(r.get("passwordless") for r in records)
        amr = tuple(
            dict.fromkeys(
                "pwd" if r["method"] == "password" else TYPES_TO_AMR.get(r.get("type", ""), "")
                for r in records
                if r["method"] in {"password", "mfa"}
            )
        )
        # The identity behind an invited official's account is what a digital ID once proved, if any did.
        known = NationalIdentity.objects.filter(account=account).first()
        return (
            AuthContext(
                idp="local",
                auth_time=time.time(),
                ial=known.ial if known else None,
                aal=2 if passwordless or len(amr) > 1 else 1,
                amr=(*amr, "user") if passwordless else amr,
            ),
            Method.PASSKEY if passwordless else Method.PASSWORD,
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        context = AuthContext.of(allauth_context.request)
        if context is not None and context.proved_within(REAUTHENTICATE_AFTER_S):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def is_safe_url(self, url: str | None) -> bool:
        return is_local_path(url)

    def format_email_subject(self, subject: str) -> str:
        return str(subject)


def is_local_path(url: str | None) -> bool:
    """Whether `url` is a path on this site: no scheme, no host, no trick with slashes or control characters."""
    return bool(
        url
        and url.startswith("/")
        and not url.startswith("//")
        and "\\" not in url
        and all(ord(c) >= 32 and ord(c) != 127 for c in url)
    )


def names_of(evidence: Evidence) -> dict[str, str]:
    """Read the person's names out of the claims, Thai and English, as far as told."""
    claims = evidence.claims

    def joined(*keys: str) -> str:
        return " ".join(str(claims[k]).strip() for k in keys if claims.get(k))[:200]

    found = {
        "name_th": joined("given_name_th", "family_name_th") or joined("name"),
        "name_en": joined("given_name_en", "family_name_en") or joined("given_name", "family_name"),
    }
    return {key: value for key, value in found.items() if value}


def remember_person(account: Account, evidence: Evidence) -> None:
    """Keep the names as the provider now tells them, and the national ID sealed."""
    actor = Actor("account", str(account.pk), ial=evidence.ial, aal=evidence.aal)
    names = names_of(evidence)
    if names and any(getattr(account, key) != value for key, value in names.items()):
        actions.change_profile(account, actor=actor, **names)
    pid = evidence.claims.get("pid")
    if isinstance(pid, str) and pid and evidence.ial and ial_rank(evidence.ial) >= ial_rank("2.1"):
        actions.seal_identity(account, pid, ial=evidence.ial, idp=evidence.idp, actor=actor)


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in by digital ID: last checks, one account for one person, and a page for each refusal."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "email_taken": _("This address cannot be used."),
        "invalid_token": _("The answer of the identity provider could not be verified."),
        "no_password": _("Set a password first, or you could not sign in any more."),
        "no_verified_email": _("Confirm an e-mail address first, or you could not sign in any more."),
        "disconnect_last": _("This is your only way to sign in; it cannot be removed."),
        "connected_other": _("This digital ID already belongs to another account."),
    }

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return True

    def get_requests_session(self) -> Session:
        session: Session = super().get_requests_session()
        session.headers["Accept"] = "application/json"
        from django.conf import settings

        if is_loopback(settings.PUBLIC_URL):
            session.trust_env = False  # a proxy of the environment must not stand between us and ourselves
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        evidence = check_answer(sociallogin)
        request.oidc_evidence = evidence  # type: ignore[attr-defined]
        wanted = (sociallogin.state.get("data") or {}).get("step_up")
        if wanted:
            raise ImmediateHttpResponse(self._finish_step_up(request, sociallogin, evidence, wanted))
        if sociallogin.state.get("process") == "connect":
            self._strengthen(request, sociallogin, evidence)
        elif not sociallogin.is_existing and (account := self._account_of(evidence)) is not None:
            sociallogin.connect(request, account)

    @staticmethod
    def _strengthen(request: HttpRequest, sociallogin: Any, evidence: Evidence) -> None:
        """A digital ID that is being connected proves who the signed-in person is; allauth keeps the link."""
        account, context = request.user, AuthContext.of(request)
        if not isinstance(account, Account) or context is None:
            raise Refused("session-over")
        if sociallogin.is_existing and sociallogin.user.pk != account.pk:
            return  # allauth says that it belongs to somebody else
        remember_person(account, evidence)
        better = AuthContext(
            idp=evidence.idp,
            auth_time=evidence.auth_time,
            ial=evidence.ial,
            aal=evidence.aal,
            amr=evidence.amr,
        )
        sessions.prove_again(request, account, context, amr=evidence.amr, better=better)

    @staticmethod
    def _account_of(evidence: Evidence) -> Account | None:
        """Return the account of the same person, known through another provider."""
        pid = evidence.claims.get("pid")
        if not isinstance(pid, str) or not pid or ial_rank(evidence.ial) < ial_rank("2.1"):
            return None
        known = (
            NationalIdentity.objects.select_related("account")
            .filter(pid_hash__in=pid_keys().hashes(pid))
            .first()
        )
        return known.account if known else None

    @staticmethod
    def _finish_step_up(
        request: HttpRequest, sociallogin: Any, evidence: Evidence, wanted: dict[str, Any]
    ) -> HttpResponse:
        context = AuthContext.of(request)
        if context is None or not request.user.is_authenticated:
            raise Refused("session-over")
        if not sociallogin.is_existing or sociallogin.user.pk != request.user.pk:
            raise Refused("another-person")
        better = AuthContext(
            idp=evidence.idp,
            auth_time=evidence.auth_time,
            ial=evidence.ial,
            aal=evidence.aal,
            amr=evidence.amr,
        )
        if not better.reaches(ial=wanted.get("ial"), aal=wanted.get("aal")):
            raise Refused("level-not-reached")
        account = sociallogin.user
        sessions.prove_again(request, account, context, amr=evidence.amr, better=better)
        request.session[sessions.ID_TOKEN] = evidence.id_token
        url = sociallogin.state.get("next")
        return HttpResponseRedirect(url if is_local_path(url) else "/me/")

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Account:
        evidence: Evidence = sociallogin.evidence
        with transaction.atomic():
            account: Account = sociallogin.user
            for key, value in names_of(evidence).items():
                setattr(account, key, value)
            account.language = request.LANGUAGE_CODE[:5]
            super().save_user(request, sociallogin, form)
            actions.note_opened(account, idp=evidence.idp, actor=Actor("account", str(account.pk)))
        return account

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        return sociallogin.user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: BaseException | None = None,
        extra_context: Any = None,
    ) -> None:
        code = self._code(request, error, exception, extra_context or {})
        account = request.user if request.user.is_authenticated else None
        sessions.note(
            request,
            account=account,
            method=Method.OIDC,
            outcome=Outcome.CANCELLED if code == "cancelled" else Outcome.REFUSED,
            detail=code,
            idp=str(provider.sub_id)[:40],
        )
        state = (extra_context or {}).get("state") or {}
        url = state.get("next")
        page = render(
            request,
            "people/refused.html",
            {
                "code": code,
                "provider": provider,
                "next": url if is_local_path(url) else "",
                "is_step_up": bool((state.get("data") or {}).get("step_up")),
            },
            status=200 if code == "cancelled" else 401,
        )
        raise ImmediateHttpResponse(page)

    @staticmethod
    def _code(
        request: HttpRequest, error: Any, exception: BaseException | None, extra: dict[str, Any]
    ) -> str:
        if isinstance(exception, Refused):
            return exception.code
        if isinstance(exception, RequestException):
            return "unreachable"
        if exception is not None:
            return "code-refused"
        description = request.GET.get("error_description", "")
        if description in KNOWN_DESCRIPTIONS:
            return description.replace("_", "-")
        if error == AuthError.CANCELLED:
            return "cancelled"
        if "state" not in extra:
            return "state-lost"
        return "provider-error"


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: secrets sealed, QR drawn by segno, our words."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": _("Remove the second factor before adding an address."),
        "cannot_delete_authenticator": _(
            "A password needs a second factor; add another one before removing this."
        ),
        "cannot_generate_recovery_codes": _("Add a second factor first; recovery codes belong to it."),
        "incorrect_code": _("The code is not right. Please check it and try again."),
        "unverified_email": _("Confirm your e-mail address before adding a second factor."),
    }

    def encrypt(self, text: str) -> str:
        return factors.seal(text, pid_keys())

    def decrypt(self, encrypted_text: str) -> str:
        return factors.unseal(encrypted_text, pid_keys())

    def build_totp_svg(self, url: str) -> str:
        drawn = BytesIO()
        segno.make(url, error="m").save(
            drawn, kind="svg", xmldecl=False, scale=4, border=3, dark="#111827", light="#ffffff"
        )
        return drawn.getvalue().decode()

    def get_totp_issuer(self) -> str:
        return "Sala"

    def _get_site_name(self) -> str:
        return "Sala"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        account = authenticator.user
        if not account.has_usable_password():
            return True
        return bool(
            Authenticator.objects.filter(user=account)
            .exclude(pk=authenticator.pk)
            .exclude(type=Authenticator.Type.RECOVERY_CODES)
            .exists()
        )

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        number = 1 + Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)d") % {"number": number}
