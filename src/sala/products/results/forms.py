"""Forms of those who make rankings: what it says of itself, and the method and table of a version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sala.kernel.measures.interface import measures
from sala.products.results.models import Ranking

MOST_METHOD_BYTES = 2 * 1024 * 1024


class RankingForm(forms.Form):
    """A new ranking."""

    title_th = forms.CharField(label=_("Title in Thai"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    slug = forms.SlugField(
        label=_("Address"),
        max_length=60,
        help_text=_("Small letters, digits and hyphens; the ranking will be at /rankings/…/ for ever."),
    )
    kind = forms.ChoiceField(
        label=_("Where the values come from"), choices=Ranking.Kind.choices, widget=forms.RadioSelect
    )
    measure_codes = forms.MultipleChoiceField(
        label=_("Measures"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only for rankings from measures. Each becomes a column of the table, named as shown."),
    )
    few = forms.IntegerField(
        label=_("Rule for few cases"),
        required=False,
        min_value=0,
        max_value=1000,
        help_text=_("How many cases of the national share are added to every unit; leave empty for none."),
    )
    unit_word_th = forms.CharField(label=_("What is ranked, in Thai"), max_length=60, initial="หน่วยงาน")
    unit_word_en = forms.CharField(
        label=_("What is ranked, in English (one)"), max_length=60, initial="agency"
    )
    units_word_en = forms.CharField(
        label=_("What is ranked, in English (several)"), max_length=60, initial="agencies"
    )
    summary_th = forms.CharField(
        label=_("One sentence about it, in Thai"), widget=forms.Textarea(attrs={"rows": 2})
    )
    summary_en = forms.CharField(
        label=_("One sentence about it, in English"), widget=forms.Textarea(attrs={"rows": 2})
    )
    source_th = forms.CharField(
        label=_("Source and citation, in Thai"), widget=forms.Textarea(attrs={"rows": 2})
    )
    source_en = forms.CharField(
        label=_("Source and citation, in English"), widget=forms.Textarea(attrs={"rows": 2})
    )
    licence = forms.CharField(label=_("Licence of the result"), max_length=300, initial="CC BY 4.0")
    decimals = forms.IntegerField(label=_("Decimals shown"), min_value=0, max_value=6, initial=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["measure_codes"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [
            (measure.code, f"{measure.title} – {column_name(measure.code)}") for measure in measures()
        ]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if Ranking.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("Another ranking has this address already."), code="taken")
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == Ranking.Kind.MEASURES and not cleaned.get("measure_codes"):
            self.add_error("measure_codes", _("Choose at least one measure."))
        return cleaned

    def words(self) -> dict[str, Any]:
        """Return what `save_ranking` takes."""
        cleaned = dict(self.cleaned_data)
        codes, few = cleaned.pop("measure_codes"), cleaned.pop("few")
        if cleaned["kind"] == Ranking.Kind.MEASURES:
            more = {"few": few} if few else {}
            cleaned["recipe"] = {
                "columns": [{"name": column_name(code), "measures": [code], **more} for code in codes],
                "counts": [],
            }
            cleaned["groupings"] = [
                {"code": "ministry", "th": "ministry_th", "en": "ministry_en", "title_th": "กระทรวง", "title_en": "Ministry"},
                {"code": "kind", "th": "kind_th", "en": "kind_en", "title_th": "ประเภทหน่วยงาน", "title_en": "Kind of agency"},
            ]  # fmt: skip
        return cleaned


def column_name(code: str) -> str:
    """Return the column that a measure becomes: `services.linked-share` → `services_linked_share`."""
    return code.replace(".", "_").replace("-", "_")


class VersionForm(forms.Form):
    """The method and the table of a version; a method file is read into the text, so that nothing typed is lost."""

    label_th = forms.CharField(
        label=_("Name of this version in Thai"),
        max_length=120,
        required=False,
        help_text=_("Such as a year; the number is used when it is empty."),
    )
    label_en = forms.CharField(label=_("Name of this version in English"), max_length=120, required=False)
    method_file = forms.FileField(
        label=_("Method file"), required=False, help_text=_("YAML. It replaces the text below.")
    )
    method_text = forms.CharField(
        label=_("Method"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 18,
                "spellcheck": "false",
                "class": "textarea font-mono text-[0.86rem]! leading-relaxed!",
                "wrap": "off",
            }
        ),
    )
    data_file = forms.FileField(
        label=_("Table"), required=False, help_text=_("CSV (UTF-8), XLSX without macros, or Parquet.")
    )

    def __init__(self, *args: Any, needs_data: bool = True, has_data: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_data, self.has_data = needs_data, has_data
        if not needs_data:
            del self.fields["data_file"]
        elif has_data:
            self.fields["data_file"].help_text = _("Leave it empty to keep the table that is there.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        upload = cleaned.get("method_file")
        if upload is not None:
            text = self._read(upload)
            if text is not None:
                cleaned["method_text"] = text
                # What the file held is shown in the text from now on.
                shown = QueryDict(mutable=True)
                for name in self.data:
                    shown[name] = str(self.data.get(name))
                shown["method_text"] = text
                self.data = shown
        if not (cleaned.get("method_text") or "").strip() and "method_file" not in self.errors:
            self.add_error("method_text", _("Give the method as a file or as text."))
        if (
            self.needs_data
            and not self.has_data
            and not cleaned.get("data_file")
            and "data_file" not in self.errors
        ):
            self.add_error("data_file", _("Give the table as a file."))
        return cleaned

    def _read(self, upload: Any) -> str | None:
        if upload.size > min(MOST_METHOD_BYTES, settings.UPLOAD_MAX_BYTES):
            self.add_error("method_file", _("A method file is at most 2 MB."))
            return None
        content: bytes = upload.read()
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.add_error(
                "method_file",
                forms.ValidationError(
                    _("Line %(line)s of the method is not UTF-8. Save it as UTF-8 and try again."),
                    params={"line": content.count(b"\n", 0, error.start) + 1},
                    code="encoding",
                ),
            )
            return None


class WithdrawForm(forms.Form):
    """Why a version is withdrawn, said to everyone."""

    reason_th = forms.CharField(label=_("Reason in Thai"), widget=forms.Textarea(attrs={"rows": 3}))
    reason_en = forms.CharField(label=_("Reason in English"), widget=forms.Textarea(attrs={"rows": 3}))
