"""Addresses of the demonstration: the test identity provider, and what the country adds."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "sandbox"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("sala.sandbox.identity.urls")),
    path("", include("sala.sandbox.mail.urls")),
]
