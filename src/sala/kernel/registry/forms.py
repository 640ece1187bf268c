"""What administrators fill in: invitations, roles, substitutes, uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sala.kernel.registry.models import Official, Organisation, Role
from sala.kernel.registry.policy import OPERATOR_ROLES

_HINTS = {
    Role.ADMINISTRATOR: _("invites officials and gives roles"),
    Role.RESPONDENT: _("answers the readiness survey"),
    Role.HEAD: _("approves and sends the answers"),
    Role.REVIEWER: _("verifies answers of other organisations"),
    Role.JURY: _("scores nominations for awards"),
    Role.AWARDING_OFFICE: _("runs rounds, rankings and awards"),
    Role.AUDITOR: _("reads the audit record"),
}


def role_choices(*, by_operator: bool) -> list[tuple[str, str]]:
    """Return the roles that may be given, each with what it does."""
    return [
        (role.value, f"{role.label} ({_HINTS[role]})")
        for role in Role
        if by_operator or role not in OPERATOR_ROLES
    ]


class _Date(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            format="%Y-%m-%d", attrs={"class": "input max-w-60", **kwargs.pop("attrs", {})}, **kwargs
        )


def _text(**attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", **attrs})


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "select"})


class InviteForm(forms.Form):
    """An invitation by e-mail."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The invitation goes here. It is valid for seven days and for one person."),
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    title_th = forms.CharField(label=_("Position in Thai"), required=False, max_length=200, widget=_text())
    title_en = forms.CharField(label=_("Position in English"), required=False, max_length=200, widget=_text())
    roles = forms.MultipleChoiceField(
        label=_("Roles"), widget=forms.CheckboxSelectMultiple(attrs={"class": "checkbox"})
    )
    role_until_on = forms.DateField(
        label=_("Until"),
        required=False,
        help_text=_("The last day of the roles. Empty: until revoked."),
        widget=_Date(),
    )

    def __init__(self, *args: Any, by_operator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = self.fields["roles"]
        assert isinstance(roles, forms.MultipleChoiceField)  # noqa: S101 - declared six lines above
        roles.choices = role_choices(by_operator=by_operator)


if TYPE_CHECKING:
    _OfficialField = forms.ModelChoiceField[Official]
else:
    _OfficialField = forms.ModelChoiceField


class _OfficialChoice(_OfficialField):
    def label_from_instance(self, official: Official) -> str:
        account = official.account
        name = account.name_th or account.name_en or str(_("Unnamed account"))
        return f"{name} · {official.title_th}" if official.title_th else name


class GrantForm(forms.Form):
    """A further role for somebody who works here."""

    official = _OfficialChoice(label=_("Official"), queryset=Official.objects.none(), widget=_select())
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect(attrs={"class": "radio"}))
    from_on = forms.DateField(
        label=_("From"), required=False, help_text=_("Empty: from today."), widget=_Date()
    )
    until_on = forms.DateField(
        label=_("Until"), required=False, help_text=_("The last day. Empty: until revoked."), widget=_Date()
    )

    def __init__(self, *args: Any, organisation: Organisation, by_operator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        official, role = self.fields["official"], self.fields["role"]
        official.queryset = organisation.officials.select_related("account")  # type: ignore[attr-defined]
        role.choices = role_choices(by_operator=by_operator)  # type: ignore[attr-defined]


class SubstituteForm(forms.Form):
    """Who acts for whom, from one day until another."""

    principal = _OfficialChoice(label=_("Who is away"), queryset=Official.objects.none(), widget=_select())
    substitute = _OfficialChoice(
        label=_("Who acts for them"), queryset=Official.objects.none(), widget=_select()
    )
    from_on = forms.DateField(label=_("From"), widget=_Date())
    until_on = forms.DateField(label=_("Until"), help_text=_("The last day."), widget=_Date())
    reason = forms.CharField(label=_("Reason"), required=False, max_length=300, widget=_text())

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("principal", "substitute"):
            self.fields[name].queryset = organisation.officials.select_related("account")  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    """A file and the mapping that explains it."""

    file = forms.FileField(
        label=_("The file"),
        help_text=_(
            "An Excel workbook (.xlsx) or CSV, at most 50 MB, without macros and without a password."
        ),
        widget=forms.ClearableFileInput(attrs={"class": "file-input", "accept": ".xlsx,.csv,.txt"}),
    )
    known_mapping = forms.ChoiceField(label=_("Mapping"), required=False, widget=_select())
    own_mapping = forms.FileField(
        label=_("Or your own mapping"),
        required=False,
        help_text=_("A YAML file; it counts before the choice above."),
        widget=forms.ClearableFileInput(attrs={"class": "file-input", "accept": ".yaml,.yml"}),
    )
    as_at_on = forms.DateField(
        label=_("The data tell of this day"),
        required=False,
        help_text=_("Empty: the date in the file's name, or today."),
        widget=_Date(),
    )

    def __init__(self, *args: Any, mappings: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["known_mapping"].choices = mappings  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A mapping must come from somewhere."""
        data = super().clean() or {}
        if not data.get("known_mapping") and not data.get("own_mapping") and "own_mapping" not in self.errors:
            self.add_error("known_mapping", _("Choose a mapping or upload one."))
        return data
