"""How a server is set up: by environment variables, complete or not at all.

Production means an organisation: nobody is served without a token of its own tenant. Without
production the server answers this machine alone.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from icbudget.workbook.writing.office_addin import ADD_IN_ID

PREFIX = "ICBUDGET_SERVER_"
LICENCE = "XLWINGS_LICENSE_KEY"
LOCAL_HOSTS = ("localhost", "127.0.0.1")
PROJECT = Path(__file__).parent / "project"
ROLE = "icbudget.user"
BODY_LIMIT = 8_000_000
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HOSTNAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_ORIGIN = re.compile(r"https://(\*\.)?([a-z0-9-]+\.)+[a-z]{2,63}")


@dataclass(frozen=True, slots=True)
class Settings:
    """A server's settings; every field but `production` is an environment variable of its name in
    capitals.

    `hostname`: what people's Excel calls, without `https://`; `tenant`, `client`: the ids of the
    Entra directory and of the app registration; `role`: the app role that a user must hold; `keys`:
    a file with the directory's public keys, for a server that may not call out; `web_origins`:
    origins of Excel on the web that may fetch the functions' description and frame the task pane;
    `body_limit`: bytes of one call.
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
    """Return the settings that an environment holds, or everything that is missing or wrong, in
    words for who sets it up.
    """

    def given(name: str, default: str = "") -> str:
        return environment.get(PREFIX + name, default).strip()

    wrong: list[str] = []

    def need(right: bool, name: str, said: str) -> None:
        if not right:
            wrong.append(f"{name}: {said}")

    production = given("PRODUCTION").lower() in ("1", "yes", "true")
    need(bool(environment.get(LICENCE)), LICENCE, _LICENCE_TERMS)
    limit = given("BODY_LIMIT", str(BODY_LIMIT))
    need(
        limit.isdecimal() and 10_000 <= int(limit) <= 100_000_000,
        PREFIX + "BODY_LIMIT",
        "bytes, 10000 to 100000000.",
    )
    origins = tuple(given("WEB_ORIGINS").lower().split())
    need(
        all(_ORIGIN.fullmatch(origin) for origin in origins),
        PREFIX + "WEB_ORIGINS",
        "origins apart by blanks, each https:// and a host name; `*` alone is refused.",
    )
    keys = given("KEYS")
    need(not keys or Path(keys).is_file(), PREFIX + "KEYS", "the file is not there.")
    if production:
        hostname, tenant, client = (
            given("HOSTNAME").lower(),
            given("TENANT").lower(),
            given("CLIENT").lower(),
        )
        need(
            bool(_HOSTNAME.fullmatch(hostname)),
            PREFIX + "HOSTNAME",
            "the name that Excel calls, without https://.",
        )
        need(
            bool(_GUID.fullmatch(tenant)),
            PREFIX + "TENANT",
            "the Directory (tenant) ID of your Entra directory; one tenant.",
        )
        need(
            bool(_GUID.fullmatch(client)),
            PREFIX + "CLIENT",
            "the Application (client) ID of the app registration.",
        )
        role = given("ROLE", ROLE)
        need(bool(role), PREFIX + "ROLE", "the app role that users must hold.")
        told = Settings(
            True,
            hostname,
            tenant,
            client,
            role,
            keys,
            origins,
            int(limit) if limit.isdecimal() else 0,
        )
    else:
        told = Settings(
            keys=keys, web_origins=origins, body_limit=int(limit) if limit.isdecimal() else 0
        )
    return (None, wrong) if wrong else (told, [])


_LICENCE_TERMS = (
    "not set. xlwings Server is free under the PolyForm Noncommercial licence, which names health"
    " organisations and government institutions among those it permits: if yours is one, set it to"
    " noncommercial; suppliers need a paid licence key. Confirm with the vendor, xlwings.org."
)


def prepare(settings: Settings) -> None:
    """Set up xlwings Server by its own variables, and by nothing else that may stand in the
    environment or in a .env file.
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
