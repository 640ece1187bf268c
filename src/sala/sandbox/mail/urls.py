"""Addresses of the mail catcher."""

from django.urls import URLPattern, URLResolver, path

from sala.sandbox.mail import views

app_name = "test-mail"
urlpatterns: list[URLPattern | URLResolver] = [
    path("test-mail/", views.caught, name="caught"),
    path("test-mail/<uuid:mail_id>/", views.one, name="one"),
    path("test-mail/<uuid:mail_id>/html", views.as_html, name="html"),
]
