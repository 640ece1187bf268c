"""Turns a refused action into a page or a problem document, and sets the headers that every answer carries."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from sala.engines.wire.errors import DomainError
from sala.kernel.web import errors

PERMISSIONS_POLICY = ", ".join(
    [
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer",
                "autoplay",
                "bluetooth",
                "camera",
                "display-capture",
                "encrypted-media",
                "geolocation",
                "gyroscope",
                "hid",
                "idle-detection",
                "local-fonts",
                "magnetometer",
                "microphone",
                "midi",
                "payment",
                "picture-in-picture",
                "screen-wake-lock",
                "serial",
                "usb",
                "web-share",
                "xr-spatial-tracking",
            )
        ),
        *(
            f"{feature}=(self)"
            for feature in ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
        ),
    ]
)

Answer = Callable[[HttpRequest], HttpResponseBase]


class DomainErrorMiddleware:
    """Answer `DomainError` with the reason in the user's language, and give bare refusals a page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if (
            response.status_code in errors.BARE
            and isinstance(response, HttpResponse)
            and not response.content
        ):
            return errors.dress(request, response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refused action; every other exception goes on to the 500 page."""
        return errors.refused(request, error) if isinstance(error, DomainError) else None


class ShellMiddleware:
    """Set the headers of every answer; while the site is being repaired, answer with that and nothing else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        resting = settings.MAINTENANCE and not request.path.startswith(
            ("/static/", "/healthz", "/readyz", "/metrics")
        )
        response = errors.maintenance(request) if resting else self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "user", None)
        if "Cache-Control" not in response.headers and user is not None and user.is_authenticated:
            # On a shared computer "back" must not show a person's pages after signing out.
            response.headers["Cache-Control"] = "private, no-store"
        return response
