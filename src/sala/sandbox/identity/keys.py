"""The provider's own signing key, and the key behind its cookies and QR addresses."""

from __future__ import annotations

import hmac
import json
import os
import secrets
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from joserfc import jwt
from joserfc.jwk import RSAKey

ALGORITHM = "RS256"


def _file() -> Path:
    return Path(settings.VAR) / "secrets" / "test-id-key.json"


@cache
def _load(path: Path, stamp: int) -> RSAKey:
    key = RSAKey.import_key(json.loads(path.read_text(encoding="utf-8")))
    key.ensure_kid()
    return key


def signing_key() -> RSAKey:
    """Return the RSA key that signs ID tokens; made at first use, the same for all workers."""
    path = _file()
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = RSAKey.generate_key(2048)
        draft = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(key.as_dict(private=True), file)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return _load(path, path.stat().st_mtime_ns)


def published_keys() -> dict[str, Any]:
    """Return the JWKS: public parts only, each with `kid`, `use` and `alg`."""
    key = signing_key()
    return {"keys": [{**key.as_dict(private=False), "kid": key.kid, "use": "sig", "alg": ALGORITHM}]}


def sign(claims: dict[str, Any]) -> str:
    """Return a compact JWS of the claims."""
    key = signing_key()
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid, "typ": "JWT"}, claims, key)


def app_key(request_id: str) -> str:
    """Return the secret part of the address in the QR code of a request."""
    secret = settings.SECRET_KEY.encode()
    return hmac.new(secret, f"test-id.app.{request_id}".encode(), sha256).hexdigest()[:32]


def digest(secret: str) -> str:
    """Return what is stored instead of a secret."""
    return sha256(secret.encode()).hexdigest()
