"""Addresses of this app, all below the root."""

from django.urls import URLPattern, URLResolver, path

from sala.kernel.measures import views

app_name = "measures"
urlpatterns: list[URLPattern | URLResolver] = [
    path("measures/", views.index, name="index"),
    path("measures/of/<str:organisation_code>/", views.organisation, name="organisation"),
    path("measures/<str:code>/", views.measure, name="measure"),
    path("measures/<str:code>/<str:organisation_code>/", views.series, name="series"),
]
