"""Addresses of this app, all below the root."""

from django.urls import URLPattern, URLResolver, path

from sala.kernel.documents import views

app_name = "documents"
urlpatterns: list[URLPattern | URLResolver] = [
    path("verify", views.verify_start),
    path("verify/", views.verify_start, name="verify-start"),
    path("verify/keys.json", views.keys, name="keys"),
    path("verify/<str:public_id>", views.verify, name="verify"),
    path("verify/<str:public_id>/", views.verify),
]
