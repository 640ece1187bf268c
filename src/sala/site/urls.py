"""All addresses: each app's own `urls.py`, below the root."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(f"{app}.urls")) for app in [*settings.PRODUCTS, *reversed(settings.KERNEL)]),
    *([path("", include("sala.sandbox.urls"))] if settings.DEMONSTRATION else []),
]
