"""Addresses of this app, all below the root."""

from django.urls import path

from sala.kernel.registry import views, views_imports, views_people

app_name = "registry"
urlpatterns = [
    path("organisations/", views.directory, name="directory"),
    path("organisations/<str:code>/", views.organisation, name="organisation"),
    path("organisations/<str:code>/services/", views.services, name="services"),
    path("organisations/<str:code>/people/", views_people.people, name="people"),
    path("organisations/<str:code>/people/invite/", views_people.invite, name="invite"),
    path("organisations/<str:code>/people/grant/", views_people.grant, name="grant"),
    path("organisations/<str:code>/people/substitute/", views_people.substitute, name="substitute"),
    path("organisations/<str:code>/people/delegate/", views_people.delegate, name="delegate"),
    path("organisations/<str:code>/people/grants/<uuid:pk>/revoke/", views_people.revoke, name="revoke"),
    path(
        "organisations/<str:code>/people/invitations/<uuid:pk>/withdraw/",
        views_people.withdraw,
        name="withdraw",
    ),
    path(
        "organisations/<str:code>/people/substitutions/<uuid:pk>/end/",
        views_people.end_substitution,
        name="end-substitution",
    ),
    path("registers/<slug:code>/", views.register, name="register"),
    path("areas/", views.areas, name="areas"),
    path("areas/<str:code>/", views.area, name="area"),
    path("registry/", views_people.mine, name="mine"),
    path("registry/invitations/<str:token>/", views_people.invitation, name="invitation"),
    path("registry/import/", views_imports.index, name="imports"),
    path("registry/import/<uuid:pk>/", views_imports.batch, name="import"),
    path("registry/import/<uuid:pk>/problems.csv", views_imports.problems, name="import-problems"),
    path("registry/import/<uuid:pk>/accept/", views_imports.accept, name="import-accept"),
    path("registry/import/<uuid:pk>/withdraw/", views_imports.withdraw, name="import-withdraw"),
]
