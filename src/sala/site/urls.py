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

handler400 = "sala.kernel.web.errors.bad_request"
handler403 = "sala.kernel.web.errors.permission_denied"
handler404 = "sala.kernel.web.errors.not_found"
handler500 = "sala.kernel.web.errors.server_error"
