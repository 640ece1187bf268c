"""Addresses of the test provider, all below /test-id/."""

from django.urls import URLPattern, URLResolver, path

from sala.sandbox.identity import views

app_name = "test-id"
urlpatterns: list[URLPattern | URLResolver] = [
    path("test-id/.well-known/openid-configuration", views.discovery, name="discovery"),
    path("test-id/jwks", views.jwks, name="jwks"),
    path("test-id/authorize", views.authorize, name="authorize"),
    path("test-id/choose/<uuid:pk>/", views.choose, name="choose"),
    path("test-id/confirm/<uuid:pk>/", views.confirm, name="confirm"),
    path("test-id/confirm/<uuid:pk>/state/", views.state, name="state"),
    path("test-id/confirm/<uuid:pk>/leave/", views.leave, name="leave"),
    path("test-id/app/<uuid:pk>/<slug:key>/", views.app, name="app"),
    path("test-id/token", views.token, name="token"),
    path("test-id/userinfo", views.userinfo, name="userinfo"),
    path("test-id/logout", views.logout, name="logout"),
]
