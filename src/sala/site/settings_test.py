"""Settings of the tests: the product's own, with only what a test run must differ in."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("SALA_DEMONSTRATION", "yes")
if not os.environ.get("DATABASE_URL"):  # the tests' own server, which ./sala test or conftest.py starts
    _var = Path(os.environ.get("SALA_VAR") or Path(__file__).resolve().parents[3] / "var")
    os.environ["DATABASE_URL"] = f"postgresql://sala@/sala?host={_var / 'test-postgres' / 'socket'}"
# Keys and logs of a test run lie beside nobody's data.
os.environ["SALA_VAR"] = tempfile.mkdtemp(prefix="sala-test-")
atexit.register(shutil.rmtree, os.environ["SALA_VAR"], ignore_errors=True)

from sala.site.settings import *  # noqa: E402, F403 - what stands above decides what is read
from sala.site.settings import DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["OPTIONS"].pop("pool", None)
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["*"]
STORAGES["default"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
