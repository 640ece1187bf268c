"""Addresses of this app, all below the root."""

from django.urls import URLPattern, URLResolver, path

from sala.kernel.publishing import views

app_name = "publishing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("tables/", views.index, name="index"),
    path("tables/<slug:code>/", views.latest, name="latest"),
    path("tables/<slug:code>/latest.<slug:form>", views.download_latest, name="download-latest"),
    path("tables/<slug:code>/<slug:version>/", views.version, name="version"),
    path("tables/<slug:code>/<slug:version>.<slug:form>", views.download, name="download"),
]
