"""Addresses of this app, all below the root."""

from django.urls import URLPattern, URLResolver, path

from sala.kernel.keys import views

app_name = "keys"
urlpatterns: list[URLPattern | URLResolver] = [
    path(".well-known/jwks.json", views.key_set, name="key-set"),
]
