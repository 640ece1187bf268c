"""allauth's forms in our words, and the forms of a person's own pages."""

from __future__ import annotations

from datetime import datetime
from datetime import time as clock
from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sala.kernel.audit.interface import SYSTEM
from sala.kernel.people import actions, guard, queries
from sala.kernel.people.models import Theme

EMAIL = _("E-mail address")
PASSWORD = _("Password")
NEW_PASSWORD = _("New password")
NEW_PASSWORD_AGAIN = _("The same password again")
LONG_ENOUGH = _("At least 12 characters. Four words that only you put together are easy to remember.")
CODE = _("Code")
WRONG_EMAIL = _("Please write an e-mail address, for example somsak@agency.example.")
MISSING = _("Please fill this in.")


def word(form: forms.Form, name: str, label: Any, *, help_text: Any = "", **attrs: str) -> None:
    """Give a field of allauth our label, hint and attributes, and drop its placeholder."""
    field = form.fields.get(name)
    if field is None:
        return
    field.label = label
    field.help_text = help_text
    field.error_messages["required"] = MISSING
    if isinstance(field, forms.EmailField):
        for validator in field.validators:
            if hasattr(validator, "message") and validator.__class__.__name__ == "EmailValidator":
                field.error_messages["invalid"] = WRONG_EMAIL
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class LoginForm(account_forms.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "login", EMAIL, autocomplete="username webauthn", inputmode="email")
        word(self, "password", PASSWORD)


class AddEmailForm(account_forms.AddEmailForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "email", EMAIL, help_text=_("We send a code there to confirm it."), inputmode="email")


class ChangePasswordForm(account_forms.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "oldpassword", _("Current password"))
        word(self, "password1", NEW_PASSWORD, help_text=LONG_ENOUGH)
        word(self, "password2", NEW_PASSWORD_AGAIN)


class SetPasswordForm(account_forms.SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "password1", NEW_PASSWORD, help_text=LONG_ENOUGH)
        word(self, "password2", NEW_PASSWORD_AGAIN)


class ResetPasswordForm(account_forms.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "email", EMAIL, help_text=_("The address your agency invited."), inputmode="email")

    def clean_email(self) -> str:
        """Open the account of an invited official who has none yet; the page looks the same for everybody."""
        email: str = self.cleaned_data["email"].strip().lower()
        if queries.is_invited(email):
            actions.open_account(actor=SYSTEM, email=email)
        self.cleaned_data["email"] = email
        return str(super().clean_email())


class ResetPasswordKeyForm(account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "password1", NEW_PASSWORD, help_text=LONG_ENOUGH)
        word(self, "password2", NEW_PASSWORD_AGAIN)


class ReauthenticateForm(account_forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "password", PASSWORD)


class EmailCodeForm(account_forms.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "code", _("Code from the e-mail"), autocapitalize="characters", spellcheck="false")


class ResetCodeForm(account_forms.ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "code", _("Code from the e-mail"), autocapitalize="characters", spellcheck="false")


class _CountedCode:
    """Counts tries at a second factor in the database, so that every worker knows them."""

    def clean_code(self) -> str:
        ticket = guard.take_code(str(self.user.pk))  # type: ignore[attr-defined]
        code: str = super().clean_code()  # type: ignore[misc]
        guard.succeeded(ticket)
        return code


class AuthenticateForm(_CountedCode, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "code", _("Code from the app, or a recovery code"), inputmode="numeric")


class ReauthenticateCodeForm(_CountedCode, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "code", _("Code from the app, or a recovery code"), inputmode="numeric")


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "code", _("The six digits that the app shows"), inputmode="numeric", maxlength="6")


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(
            self, "name", _("A name for it"), help_text=_("So that you know it again, for example: my phone.")
        )
        self.fields.pop("passwordless", None)  # every passkey here verifies its person

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        cleaned["passwordless"] = True
        return cleaned


class EditPasskeyForm(webauthn_forms.EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "name", _("A name for it"), maxlength="60")


class ProfileForm(forms.Form):
    """Language and look of the pages."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    theme = forms.ChoiceField(label=_("Appearance"), choices=Theme.choices, widget=forms.RadioSelect)


class MandateForm(forms.Form):
    """A person lets another act for them."""

    code = forms.CharField(
        label=_("Code of the other person"),
        help_text=_("They find it on their own page “Acting for others”. It is valid for 15 minutes."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    scope = forms.MultipleChoiceField(label=_("For which services"), widget=forms.CheckboxSelectMultiple)
    ends_on = forms.DateField(
        label=_("Until"),
        required=False,
        help_text=_("Leave empty for no end; you can take it back at any time."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, scopes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.error_messages["required"] = MISSING

    def clean_ends_on(self) -> datetime | None:
        """Return the end of the chosen day, which must not have passed."""
        day = self.cleaned_data["ends_on"]
        if day is None:
            return None
        end = timezone.make_aware(datetime.combine(day, clock(23, 59, 59)))
        if end < timezone.now():
            raise forms.ValidationError(_("The end must be after the beginning."))
        return end
