"""Django's forms in Sala's look: `{{ form }}` and `{{ form.name.as_field_group }}` come out accessible."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class SalaRenderer(TemplatesSetting):
    """Renders forms and fields with our templates, widgets with the overrides in `templates/django/forms`."""

    form_template_name = "web/forms/form.html"
    formset_template_name = "web/forms/formset.html"
    field_template_name = "web/forms/group.html"
