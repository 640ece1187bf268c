"""Addresses of this app, all below the root."""

from django.urls import URLPattern, URLResolver, path

from sala.products.results import downloads, views, workviews

app_name = "results"
urlpatterns: list[URLPattern | URLResolver] = [
    path("rankings/", views.index, name="index"),
    path("rankings/<slug:slug>/", views.latest, name="ranking"),
    path("rankings/<slug:slug>/units/<str:code>/", views.latest_unit, name="latest-unit"),
    path("rankings/<slug:slug>/<int:number>/", views.version, name="version"),
    path("rankings/<slug:slug>/<int:number>/units/<str:code>/", views.unit, name="unit"),
    path("rankings/<slug:slug>/<int:number>/method/", views.method, name="method"),
    path("rankings/<slug:slug>/<int:number>/compare/", views.compare, name="compare"),
    path("rankings/<slug:slug>/<int:number>/record/", views.record, name="record"),
    path("rankings/<slug:slug>/<int:number>/changes/", views.changes, name="changes"),
    path("rankings/<slug:slug>/<int:number>/charts/<slug:code>.json", downloads.chart, name="chart"),
    path("rankings/<slug:slug>/<int:number>/record.json", downloads.record, name="record-json"),
    path("rankings/<slug:slug>/<int:number>/record.jws", downloads.signature, name="record-jws"),
    path("rankings/<slug:slug>/<int:number>/method.yaml", downloads.method, name="method-yaml"),
    path("rankings/<slug:slug>/<int:number>/data", downloads.data, name="data"),
    path("rankings/<slug:slug>/<int:number>/bundle.zip", downloads.bundle, name="bundle"),
    path("work/rankings/", workviews.index, name="work"),
    path("work/rankings/new/", workviews.new, name="work-new"),
    path("work/rankings/<slug:slug>/", workviews.ranking, name="work-ranking"),
    path("work/rankings/<slug:slug>/measure/", workviews.measure, name="work-measure"),
    path("work/rankings/<slug:slug>/version/", workviews.new_version, name="work-new-version"),
    path("work/rankings/<slug:slug>/<int:number>/", workviews.version, name="work-version"),
    path("work/rankings/<slug:slug>/<int:number>/compute/", workviews.compute, name="work-compute"),
    path("work/rankings/<slug:slug>/<int:number>/publish/", workviews.publish, name="work-publish"),
    path("work/rankings/<slug:slug>/<int:number>/withdraw/", workviews.withdraw, name="work-withdraw"),
]
