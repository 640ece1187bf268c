"""Addresses of this app, all below the root."""

from django.urls import URLPattern, URLResolver, path

from sala.kernel.files import views

app_name = "files"
urlpatterns: list[URLPattern | URLResolver] = [
    path("files/<uuid:file_id>/", views.download, name="download"),
]
