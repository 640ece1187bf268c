"""Forms of the verification pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """The code that is printed beside the square."""

    code = forms.CharField(
        label=_("Document code"),
        max_length=40,
        error_messages={"required": _("Type the code that is printed beside the square.")},
    )


class CopyForm(forms.Form):
    """A PDF to compare."""

    file = forms.FileField(
        label=_("PDF file"), error_messages={"required": _("Choose the PDF that you want to check.")}
    )
