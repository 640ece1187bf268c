"""The one settings file: every value is declared once through typed readers and refused when wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from sala.site import environment as env

ROOT = Path(__file__).resolve().parents[3]

# --- where things are ------------------------------------------------------------------------------
VAR = env.folder("SALA_VAR", ROOT / "var", "Folder of everything this installation keeps on its own disk.")
BUILD = env.folder("SALA_BUILD", ROOT / "build", "Folder of compiled front-end files and fonts.")
PUBLIC_URL = env.text(
    "SALA_PUBLIC_URL",
    "http://localhost:8000",
    "Address under which people reach the site; links in mail, QR codes and sign-in come from it.",
    example="https://sala.example.go.th",
).rstrip("/")
PRODUCTION = env.yes_no(
    "SALA_PRODUCTION", False, "Refuse every unsafe default; set it on real installations."
)
DEBUG = env.yes_no("SALA_DEBUG", False, "Show tracebacks in the browser; never in production.")
DEMONSTRATION = env.yes_no(
    "SALA_DEMONSTRATION",
    not PRODUCTION,
    "Install the demonstration country, its test identity provider and its mail catcher.",
)

_development_key = "development-only-key-never-used-in-production-0000000000"
SECRET_KEY = env.secret(
    "SALA_SECRET_KEY", _development_key, "Signs sessions and forms; 50 characters or more."
)
ALLOWED_HOSTS = env.words(
    "SALA_ALLOWED_HOSTS",
    [urlsplit(PUBLIC_URL).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"],
    "Host names that the site answers to.",
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# --- apps, from the ground up -----------------------------------------------------------------------
KERNEL = [
    "sala.kernel.text",
    "sala.kernel.audit",
    "sala.kernel.registry",
    "sala.kernel.people",
    "sala.kernel.files",
    "sala.kernel.keys",
    "sala.kernel.documents",
    "sala.kernel.jobs",
    "sala.kernel.notify",
    "sala.kernel.measures",
    "sala.kernel.publishing",
    "sala.kernel.web",
]
PRODUCTS = ["sala.products.results"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    *PRODUCTS,
    *reversed(KERNEL),  # templates and texts of higher rooms win
    *(["sala.sandbox"] if DEMONSTRATION else []),
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "django.forms",  # its widget templates, below ours
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "sala.site.metrics.RequestMetrics",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sala.kernel.people.middleware.ActorMiddleware",
    "sala.kernel.web.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "sala.site.urls"
WSGI_APPLICATION = "sala.site.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "sala.kernel.web.templatetags.sala",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "sala.kernel.web.context.shell",
            ],
        },
    }
]
COTTON_DIR = "cotton"
FORM_RENDERER = "sala.kernel.web.forms.SalaRenderer"

# --- database -----------------------------------------------------------------------------------------


def _database(url: str) -> dict[str, Any]:
    """Read a `postgresql://` address into Django's form; `?host=` names a socket folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise env.WrongSetting("DATABASE_URL is not a postgresql:// address.")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "sala",
        "USER": unquote(parts.username or query.pop("user", "sala")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # a restarted server costs nobody a page
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 10}, **query},
    }


DATABASE_URL = env.secret(
    "DATABASE_URL",
    f"postgresql://sala@/sala?host={VAR / 'postgres' / 'socket'}",
    "PostgreSQL 15 to 18 to use instead of the embedded one.",
)
METRICS_TOKEN = env.secret(
    "SALA_METRICS_TOKEN",
    "",
    "Bearer token that opens /metrics; without it only this machine may read it, and in production nobody.",
)
DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Account"

# --- language and time ----------------------------------------------------------------------------------
LANGUAGE_CODE = "th"
LANGUAGES = [("th", _("Thai")), ("en", _("English"))]
TIME_ZONE = "Asia/Bangkok"
USE_TZ = True
USE_I18N = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# Engines know no framework, so their Thai sentences are found by path.
LOCALE_PATHS = [
    ROOT / "src" / "sala" / "site" / "locale",
    *sorted((ROOT / "src" / "sala" / "engines").glob("*/locale")),
]

# --- static files -----------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BUILD / "static"
STATICFILES_DIRS = [BUILD / "assets"]
SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]  # the folder is compiled at set-up, and checks run before it
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # nothing asks for the plain names, and compressing takes its time
S3_BUCKET = env.text(
    "SALA_S3_BUCKET", "", "Bucket of an S3-compatible store for files; empty keeps them on disk."
)
S3_ENDPOINT = env.text(
    "SALA_S3_ENDPOINT", "", "Address of the S3-compatible store.", example="https://s3.example"
)
S3_ACCESS_KEY = env.secret("SALA_S3_ACCESS_KEY", "", "Access key of the S3-compatible store.")
S3_SECRET_KEY = env.secret("SALA_S3_SECRET_KEY", "", "Secret key of the S3-compatible store.")
if S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": S3_ENDPOINT or None,
            "access_key": S3_ACCESS_KEY or None,
            "secret_key": S3_SECRET_KEY or None,
            "file_overwrite": False,
            "default_acl": None,
        },
    }

# --- security -------------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC_URL.startswith("https://") else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, dict[str, list[Any]]] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
UPLOAD_MAX_BYTES = env.whole(
    "SALA_UPLOAD_MAX_BYTES", 50 * 1024 * 1024, "Largest file that a page accepts, in bytes."
)
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- logs -------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO" if DEBUG else "WARNING"},
}

if PRODUCTION:
    if DEBUG:
        raise env.WrongSetting("SALA_DEBUG must be off in production.")
    if _development_key == SECRET_KEY or len(SECRET_KEY) < 50:
        raise env.WrongSetting("SALA_SECRET_KEY must be set to 50 characters or more in production.")
    if not PUBLIC_URL.startswith("https://"):
        raise env.WrongSetting("SALA_PUBLIC_URL must begin with https:// in production.")

# --- sections of single rooms follow: each room owner keeps its own ------------------------------------------

# files: the scanner, and the early answer to an upload that is too large
CLAMD = env.text(
    "SALA_CLAMD",
    "",
    "Virus scanner: the path of clamd's socket, or host:port; empty marks files as not scanned.",
    example="/run/clamav/clamd.ctl",
)
CLAMD_TIMEOUT_S = 30.0
MIDDLEWARE.insert(
    MIDDLEWARE.index("sala.kernel.web.middleware.DomainErrorMiddleware"),
    "sala.kernel.files.limits.UploadLimitMiddleware",
)

# jobs: the worker
WORKER_CONCURRENCY = env.whole("SALA_WORKER_CONCURRENCY", 4, "Jobs that one worker runs at the same time.")
WORKER_HEARTBEAT_S = 5.0
WORKER_LOST_AFTER_S = 20.0

# people: sign-in, sessions, digital-ID providers
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
TRUSTED_PROXIES = env.whole(
    "SALA_TRUSTED_PROXIES", 0, "How many proxies of yours stand in front and add to X-Forwarded-For."
)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
PID_KEYS = env.secret(
    "SALA_PID_KEYS", "", "Keys that seal national IDs, as JSON; empty keeps them in a file of the server."
)

ACCOUNT_ADAPTER = "sala.kernel.people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # our own guard counts in the database
ACCOUNT_FORMS = {
    "login": "sala.kernel.people.forms.LoginForm",
    "add_email": "sala.kernel.people.forms.AddEmailForm",
    "change_password": "sala.kernel.people.forms.ChangePasswordForm",
    "set_password": "sala.kernel.people.forms.SetPasswordForm",
    "reset_password": "sala.kernel.people.forms.ResetPasswordForm",
    "reset_password_from_key": "sala.kernel.people.forms.ResetPasswordKeyForm",
    "reauthenticate": "sala.kernel.people.forms.ReauthenticateForm",
    "confirm_email_verification_code": "sala.kernel.people.forms.EmailCodeForm",
    "confirm_password_reset_code": "sala.kernel.people.forms.ResetCodeForm",
}
MFA_ADAPTER = "sala.kernel.people.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # passkeys on http://localhost
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "sala.kernel.people.forms.AuthenticateForm",
    "reauthenticate": "sala.kernel.people.forms.ReauthenticateCodeForm",
    "activate_totp": "sala.kernel.people.forms.ActivateTOTPForm",
    "add_webauthn": "sala.kernel.people.forms.AddPasskeyForm",
    "edit_webauthn": "sala.kernel.people.forms.EditPasskeyForm",
}
SOCIALACCOUNT_ADAPTER = "sala.kernel.people.adapters.SocialAdapter"
SOCIALACCOUNT_EMAIL_REQUIRED = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
OIDC_LOOPBACK_CALLS = 1
SIGN_IN_PERSONAS = "sala.sandbox.personas.personas" if DEMONSTRATION else ""


def _oidc_provider(prefix: str, provider_id: str, what: str) -> list[dict[str, Any]]:
    """Read one real digital-ID provider; none when its issuer is not set."""
    issuer = env.text(
        f"{prefix}_ISSUER", "", f"Issuer of {what}; empty for none.", example="https://id.example"
    )
    client_id = env.text(f"{prefix}_CLIENT_ID", "", f"Client id at {what}.")
    secret = env.secret(f"{prefix}_CLIENT_SECRET", "", f"Client secret at {what}.")
    name = env.text(f"{prefix}_NAME", "ThaID", f"Name of {what} on the button.")
    scopes = env.words(f"{prefix}_SCOPES", ["openid", "profile", "pid"], f"Scopes asked of {what}.")
    levels = env.words(
        f"{prefix}_LEVELS",
        [],
        f"Levels that {what} proves: acr=IAL/AAL, as high=2.3/2; an acr that is not named proves nothing.",
    )
    if not issuer:
        return []
    if not client_id or any("=" not in level or "/" not in level for level in levels):
        raise env.WrongSetting(f"{prefix}_CLIENT_ID must be set, and {prefix}_LEVELS read acr=IAL/AAL.")
    return [
        {
            "provider_id": provider_id,
            "name": name,
            "client_id": client_id,
            "secret": secret,
            "settings": {
                "server_url": issuer.rstrip("/"),
                "issuer": issuer,
                "scope": scopes,
                "levels": dict(level.split("=", 1) for level in levels),
            },
        }
    ]


OIDC_PROVIDERS = [
    *_oidc_provider("SALA_OIDC", "digital-id", "the digital-ID provider of citizens"),
    *_oidc_provider("SALA_OFFICIALS_OIDC", "officials-id", "the digital-ID provider of officials"),
]
if DEMONSTRATION:
    # The test provider is another party that happens to live in the same process: real HTTP, own keys, own cookie.
    import hashlib
    import hmac

    TEST_ID_ISSUER = f"{PUBLIC_URL}/test-id"
    TEST_ID_INTERNAL_URL = env.text(
        "SALA_TEST_ID_INTERNAL_URL",
        "",
        "Address under which this server reaches its own test provider, if not the public one.",
        example="http://127.0.0.1:8000/test-id",
    )
    TEST_ID_CLIENTS = {
        "sala": {
            "secret": hmac.digest(SECRET_KEY.encode(), b"test-id.client.sala", hashlib.sha256).hex(),
            "redirect_uris": [f"{PUBLIC_URL}/sign-in/with/thaid-test/back/"],
            "post_logout_redirect_uris": [f"{PUBLIC_URL}/"],
        }
    }
    OIDC_PROVIDERS.append(
        {
            "provider_id": "thaid-test",
            "name": "ThaID",
            "client_id": "sala",
            "secret": TEST_ID_CLIENTS["sala"]["secret"],
            "settings": {
                "server_url": TEST_ID_INTERNAL_URL or TEST_ID_ISSUER,
                "issuer": TEST_ID_ISSUER,
                "internal_url": TEST_ID_INTERNAL_URL,
                "scope": ["openid", "profile", "pid", "birthdate", "address"],
                "levels": {"ial1.1-aal1": "1.1/1", "ial2.3-aal2": "2.3/2", "ial3-aal3": "3/3"},
                "is_test": True,
            },
        }
    )
    INSTALLED_APPS.insert(INSTALLED_APPS.index("sala.sandbox"), "sala.sandbox.identity")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "sala.kernel.people.oidc.Provider", "APPS": OIDC_PROVIDERS}
}
for _provider in OIDC_PROVIDERS:  # a form may lead to the provider: Chromium checks form-action on redirects
    _origin = "{0.scheme}://{0.netloc}".format(urlsplit(_provider["settings"]["issuer"]))
    if _origin != PUBLIC_URL:
        CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(_origin)

# web: the shell
MAINTENANCE = env.yes_no(
    "SALA_MAINTENANCE", False, "Answer every page with a notice that the site is being repaired."
)
SOURCE_URL = env.text(
    "SALA_SOURCE_URL",
    "",
    "Where the source of the running version is offered, as the AGPL asks; shown in the footer.",
    example="https://code.example.go.th/sala",
)
CSRF_FAILURE_VIEW = "sala.kernel.web.errors.csrf_failure"
MIDDLEWARE.insert(
    MIDDLEWARE.index("whitenoise.middleware.WhiteNoiseMiddleware"),
    "sala.kernel.web.middleware.ShellMiddleware",
)

# notify: mail leaves by SMTP; the demonstration catches it on its own page instead
SMTP_HOST = env.text("SALA_SMTP_HOST", "", "Mail server that takes outgoing mail; empty sends none.")
EMAIL_HOST = SMTP_HOST or "localhost"
EMAIL_PORT = env.whole("SALA_SMTP_PORT", 587, "Port of the mail server.")
EMAIL_HOST_USER = env.text("SALA_SMTP_USER", "", "Name to sign in to the mail server with.")
EMAIL_HOST_PASSWORD = env.secret("SALA_SMTP_PASSWORD", "", "Password of the mail server.")
EMAIL_USE_TLS = env.yes_no("SALA_SMTP_TLS", True, "Demand STARTTLS of the mail server.")
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text(
    "SALA_MAIL_FROM",
    f"sala@{urlsplit(PUBLIC_URL).hostname or 'localhost'}",
    "Sender of outgoing mail.",
    example="no-reply@sala.example.go.th",
)
MAIL_ENABLED = bool(SMTP_HOST) or DEMONSTRATION
if DEMONSTRATION and not SMTP_HOST:
    EMAIL_BACKEND = "sala.sandbox.mail.backend.CatchingBackend"
if DEMONSTRATION:
    INSTALLED_APPS.insert(INSTALLED_APPS.index("sala.sandbox"), "sala.sandbox.mail")

# keys: where private keys live
KEY_STORE = env.text(
    "SALA_KEY_STORE", "file", "Where new signing keys are made: file, or pkcs11.", example="pkcs11"
)
if KEY_STORE not in {"file", "pkcs11"}:
    raise env.WrongSetting(f"SALA_KEY_STORE={KEY_STORE!r} is neither file nor pkcs11.")
KEYS_PASSPHRASE = env.secret(
    "SALA_KEYS_PASSPHRASE", "", "Encrypts the private keys on disk; empty leaves that to the file system."
)
PKCS11_MODULE = env.text(
    "SALA_PKCS11_MODULE",
    "",
    "Library of the security module that keeps signing keys.",
    example="/usr/lib/softhsm/libsofthsm2.so",
)
PKCS11_TOKEN = env.text("SALA_PKCS11_TOKEN", "sala", "Label of the token in the security module.")
PKCS11_PIN = env.secret("SALA_PKCS11_PIN", "", "PIN of the token.")
if KEY_STORE == "pkcs11" and not (PKCS11_MODULE and PKCS11_PIN):
    raise env.WrongSetting("SALA_KEY_STORE=pkcs11 needs SALA_PKCS11_MODULE and SALA_PKCS11_PIN.")
