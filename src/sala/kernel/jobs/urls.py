"""Addresses of this app, all below the root."""

from django.urls import URLPattern, URLResolver, path

from sala.kernel.jobs import views

app_name = "jobs"
urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/", views.jobs_page, name="jobs"),
    path("jobs/<int:number>/retry/", views.retry, name="retry"),
    path("jobs/<int:number>/discard/", views.discard, name="discard"),
    path("progress/<uuid:progress_id>/", views.progress_page, name="progress"),
    path("progress/<uuid:progress_id>/part/", views.progress_fragment, name="progress-part"),
]
