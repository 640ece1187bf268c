"""The public keys, for everyone who verifies."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from sala.kernel.keys.signing import jwks


@require_safe
def key_set(request: HttpRequest) -> JsonResponse:
    """Answer the JWK set (RFC 7517); it may be kept for five minutes, so a revocation is seen soon."""
    response = JsonResponse(jwks(), content_type="application/jwk-set+json")
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    return response
