"""Addresses of this app, all below the root."""

from django.urls import URLPattern, URLResolver, path

from sala.kernel.audit import views

app_name = "audit"
urlpatterns: list[URLPattern | URLResolver] = [
    path("audit/", views.record_list, name="records"),
    path("audit/export/", views.export_records, name="export"),
    path("audit/checkpoint", views.checkpoint, name="checkpoint"),
    path("audit/keys", views.checkpoint_keys, name="checkpoint-keys"),
    path("audit/<uuid:record_id>/", views.record_page, name="record"),
    path("audit/<uuid:record_id>/proof", views.record_proof, name="proof"),
    path("audit/<uuid:record_id>/record.json", views.record_content, name="content"),
]
