"""How a server is set up: by environment variables, complete or not at all.

Production means an organisation: nobody is served without a token of its own tenant. Anonymous
service is for one person on one machine, and happens only when it is asked for by name. Whatever is
missing, mistyped or contradicts another stops the start: a server that guesses might serve anybody.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from icbudget.excel.macro import PYTHON
from icbudget.workbook.writing.office_addin import ADD_IN_ID

OURS = "ICBUDGET_"
PREFIX = "ICBUDGET_SERVER_"
LICENCE = "XLWINGS_LICENSE_KEY"
LOCAL_HOSTS = ("localhost", "127.0.0.1")
PROJECT = Path(__file__).parent / "project"
ROLE = "icbudget.user"
BODY_LIMIT = 8_000_000
_OF_AN_ORGANISATION = ("HOSTNAME", "TENANT", "CLIENT", "ROLE", "KEYS")
_NAMES = ("PRODUCTION", "ANONYMOUS", *_OF_AN_ORGANISATION, "WEB_ORIGINS", "BODY_LIMIT", "STORE")
_YES = ("1", "yes", "true")
_NO = ("0", "no", "false")
_LARGEST_KEYS = 1_000_000
"""Bytes of a file of keys. A directory's has a few thousand: a larger one is another file."""
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HOSTNAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_ORIGIN = re.compile(r"https://(\*\.)?([a-z0-9-]+\.)+[a-z]{2,63}")


@dataclass(frozen=True, slots=True)
class Settings:
    """A server's settings; every field is an environment variable of its name in capitals.

    `production`: an organisation is served, each person with a token; else, when anonymous service
    was asked for, this machine alone. `hostname`: what people's Excel calls, without `https://`;
    `tenant`, `client`: the ids of the Entra directory and of the app registration; `role`: the app
    role that a user must hold; `keys`: a file with the directory's public keys, for a server that
    may not call out; `web_origins`: origins of Excel on the web that may fetch the functions'
    description and frame the task pane; `body_limit`: bytes of one call.
    """

    production: bool = False
    hostname: str = "localhost"
    tenant: str = ""
    client: str = ""
    role: str = ROLE
    keys: str = ""
    web_origins: tuple[str, ...] = ()
    body_limit: int = BODY_LIMIT

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the names under which the server answers."""
        return (self.hostname,) if self.production else LOCAL_HOSTS


def read_settings(environment: Mapping[str, str]) -> tuple[Settings | None, list[str]]:
    """Return the settings that an environment holds, or all that is missing or wrong, in words."""
    faults = _Faults(environment)
    faults.unknown_names()
    faults.need(bool(environment.get(LICENCE)), LICENCE, _LICENCE_TERMS)
    before = len(faults.words)
    production = faults.switch("PRODUCTION")
    anonymous = faults.switch("ANONYMOUS")
    mistyped = len(faults.words) > before
    if production and anonymous:
        faults.add(PREFIX + "ANONYMOUS", "an organisation's server serves nobody anonymously.")
    if not production and not anonymous and not mistyped:
        faults.add(
            PREFIX + "PRODUCTION",
            "say yes, with the settings of your organisation; or ask for anonymous service on this"
            f" machine alone with --anonymous ({PREFIX}ANONYMOUS=yes).",
        )
    body_limit = faults.body_limit()
    origins = faults.web_origins()
    faults.store()
    if production:
        chosen = faults.of_an_organisation(origins, body_limit)
    else:
        faults.refuse_settings_of_an_organisation()
        chosen = Settings(web_origins=origins, body_limit=body_limit)
    return (None, faults.words) if faults.words else (chosen, [])


class _Faults:
    """What is wrong with an environment, in words, as its settings are read one by one."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.words: list[str] = []

    def add(self, name: str, what: str) -> None:
        self.words.append(f"{name}: {what}")

    def need(self, right: bool, name: str, what: str) -> None:
        if not right:
            self.add(name, what)

    def value(self, name: str, default: str = "") -> str:
        """Return a setting; one that is set and blank is a fault, never the default."""
        text = self.environment.get(PREFIX + name)
        if text is None:
            return default
        if not text.strip():
            self.add(PREFIX + name, "set and blank. Give it a value, or take it away.")
        return text.strip()

    def unknown_names(self) -> None:
        """Refuse every variable of ours that no setting has: it may be one that is mistyped."""
        known = {*(PREFIX + name for name in _NAMES), PYTHON}
        for name in sorted(self.environment):
            if name.upper().startswith(OURS) and name not in known:
                near = difflib.get_close_matches(name.upper(), sorted(known), 1, 0.6)
                hint = f" Did you mean {near[0]}?" if near else ""
                self.add(name, f"there is no such setting.{hint}")

    def switch(self, name: str) -> bool:
        text = self.value(name, "no").lower()
        self.need(text in (*_YES, *_NO, ""), PREFIX + name, "yes or no.")
        return text in _YES

    def body_limit(self) -> int:
        text = self.value("BODY_LIMIT", str(BODY_LIMIT))
        right = text.isascii() and text.isdecimal() and len(text) < 10
        right = right and 10_000 <= int(text) <= 100_000_000
        if text:
            self.need(right, PREFIX + "BODY_LIMIT", "bytes, 10000 to 100000000.")
        return int(text) if right else BODY_LIMIT

    def web_origins(self) -> tuple[str, ...]:
        origins = tuple(self.value("WEB_ORIGINS").lower().split())
        self.need(
            all(_ORIGIN.fullmatch(origin) for origin in origins),
            PREFIX + "WEB_ORIGINS",
            "origins apart by blanks, each https:// and a host name; `*` alone is refused.",
        )
        return origins

    def store(self) -> None:
        """Refuse a store that is neither an address of Redis nor a file: `redsi://` is no file."""
        store = self.value("STORE")
        right = store.startswith(("redis://", "rediss://", "unix://")) or Path(store).is_absolute()
        if store:
            self.need(right, PREFIX + "STORE", "redis://…, rediss://…, unix://… or a file's path.")

    def refuse_settings_of_an_organisation(self) -> None:
        for name in _OF_AN_ORGANISATION:
            if PREFIX + name in self.environment:
                self.add(
                    PREFIX + name,
                    f"a setting of an organisation, without {PREFIX}PRODUCTION=yes.",
                )

    def of_an_organisation(self, origins: tuple[str, ...], body_limit: int) -> Settings:
        hostname = self.value("HOSTNAME").lower()
        self.need(
            bool(_HOSTNAME.fullmatch(hostname)),
            PREFIX + "HOSTNAME",
            "the name that Excel calls, without https://.",
        )
        tenant = self.value("TENANT").lower()
        self.need(
            bool(_GUID.fullmatch(tenant)),
            PREFIX + "TENANT",
            "the Directory (tenant) ID of your Entra directory; one tenant.",
        )
        client = self.value("CLIENT").lower()
        self.need(
            bool(_GUID.fullmatch(client)),
            PREFIX + "CLIENT",
            "the Application (client) ID of the app registration.",
        )
        keys = self.value("KEYS")
        fault = _fault_of_keys(Path(keys)) if keys else ""
        self.need(not fault, PREFIX + "KEYS", fault)
        role = self.value("ROLE", ROLE)
        return Settings(True, hostname, tenant, client, role, keys, origins, body_limit)


def _fault_of_keys(path: Path) -> str:
    """Return what is wrong with a file of a directory's public keys, or nothing."""
    try:
        if not path.is_file():
            return "the file is not there."
        if path.stat().st_size > _LARGEST_KEYS:
            return "the file is too large for a directory's keys."
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return "the file cannot be read as JSON (JWKS)."
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or not keys:
        return "the file holds no keys (JWKS)."
    for key in keys:
        parts = (
            [key.get(name) for name in ("kty", "kid", "n", "e")] if isinstance(key, dict) else []
        )
        if not parts or parts[0] != "RSA" or not all(isinstance(p, str) and p for p in parts):
            return "a key in the file is no public RSA key with its id."
        if "d" in key:
            return "a key in the file is a private one; only public keys belong there."
    return ""


_LICENCE_TERMS = (
    "not set. xlwings Server is free under the PolyForm Noncommercial licence, which names health"
    " organisations and government institutions among those it permits: if yours is one, set it to"
    " noncommercial; suppliers need a paid licence key. Confirm with the vendor, xlwings.org."
)


def prepare(settings: Settings) -> None:
    """Set up xlwings Server by its own variables.

    Nothing else that may stand in the environment or in a .env file counts.
    """
    for name in [name for name in os.environ if name.startswith("XLWINGS_") and name != LICENCE]:
        del os.environ[name]
    os.environ.pop("DOTENV_PATH", None)
    chosen = {
        "ON_SERVER": "true",
        "PROJECT_DIR": str(PROJECT),
        "PROJECT_NAME": "icbudget",
        "ENVIRONMENT": "prod",
        "MANIFEST_ID_PROD": ADD_IN_ID,
        "FUNCTIONS_NAMESPACE": "",
        "AUTH_PROVIDERS": '["entraid"]' if settings.production else "[]",
        "AUTH_ENTRAID_CLIENT_ID": settings.client,
        "AUTH_ENTRAID_TENANT_ID": settings.tenant,
        "AUTH_REQUIRED_ROLES": json.dumps([settings.role]) if settings.production else "[]",
        "HOSTNAME": settings.hostname if settings.production else "",
        "CORS_ALLOW_ORIGINS": "[]",
        "CUSTOM_FUNCTIONS_RETRY_CODES": "[502, 503, 504]",
        "LOG_LEVEL": "WARNING",
        "REQUEST_TIMEOUT": "120",
        **{
            f"ENABLE_{name}": "false"
            for name in (
                "ALPINEJS_CSP",
                "BOOTSTRAP",
                "EXAMPLES",
                "HOTRELOAD",
                "HTMX",
                "SOCKETIO",
                "TESTS",
                "WASM",
            )
        },
        "ENABLE_EXCEL_ONLINE": "true",
        "CDN_OFFICEJS": "false",
    }
    os.environ.update({f"XLWINGS_{name}": value for name, value in chosen.items()})
