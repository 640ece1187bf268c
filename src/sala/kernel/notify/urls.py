"""Addresses of this app, all below the root."""

from django.urls import URLPattern, URLResolver, path

from sala.kernel.notify import views

app_name = "notify"
urlpatterns: list[URLPattern | URLResolver] = [
    path("inbox/", views.inbox_page, name="inbox"),
    path("inbox/read/", views.read_all, name="read-all"),
    path("inbox/preferences/", views.preferences, name="preferences"),
    path("inbox/<uuid:notice_id>/", views.notice_page, name="notice"),
]
