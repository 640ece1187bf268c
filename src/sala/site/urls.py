"""All addresses: each app's own `urls.py`, below the root."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from sala.site import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("sala.kernel.people.sign_in_urls")),
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    *(path("", include(f"{app}.urls")) for app in [*settings.PRODUCTS, *reversed(settings.KERNEL)]),
    *([path("", include("sala.sandbox.urls"))] if settings.DEMONSTRATION else []),
]
