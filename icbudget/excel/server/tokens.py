"""Who may call in production.

It is the holder of a token that our own Entra tenant issued for our own app, today, with our role.

Every call is checked anew; nothing but the directory's public keys is kept. A refusal tells nobody
why, and no token is logged. Source of the claims: Microsoft identity platform, access token claims
reference.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from icbudget.excel.server.settings import Settings

KEYS_FOR = 24 * 3600
"""Seconds that the directory's keys are kept."""
ASK_AGAIN = 60
"""Least seconds between two requests for the keys, however many unknown keys are tried."""
SKEW = 60
"""Seconds by which the directory's clock may be ahead; it does not lengthen a token's life."""


class Denied(Exception):
    """The caller may not call.

    The status is 401, 403 where the person is known but lacks the role, 503 without keys.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass(slots=True)
class Tokens:
    """Checks tokens against a tenant, an app and a role; `clock` gives the time in seconds."""

    settings: Settings
    clock: Callable[[], float] = time.time
    _keys: Any = None
    _asked: float = field(default=-float(KEYS_FOR))

    async def check(self, authorization: str) -> dict[str, Any]:
        """Return the claims of the token in an Authorization header. Raises `Denied`."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        scheme, _, token = authorization.strip().partition(" ")
        if scheme.lower() != "bearer" or token.count(".") != 2:
            raise _unknown()
        for renewed in (False, True):
            try:
                signed = jwt.decode(token, await self._key_set(renew=renewed), algorithms=["RS256"])
            except (JoseError, ValueError, TypeError, KeyError):
                continue
            claims = dict(signed.claims)
            self._claims(claims)
            return claims
        raise _unknown()

    def _claims(self, claims: Mapping[str, Any]) -> None:
        now, settings = self.clock(), self.settings
        expires, begins, roles = (
            claims.get("exp", ""),
            claims.get("nbf", 0),
            claims.get("roles", []),
        )
        known = (
            claims.get("ver") == "2.0"
            and claims.get("iss") == f"https://login.microsoftonline.com/{settings.tenant}/v2.0"
            and claims.get("tid") == settings.tenant
            and claims.get("aud") == settings.client
            and _is_number(expires)
            and float(expires) > now
            and _is_number(begins)
            and float(begins) <= now + SKEW
        )
        if not known:
            raise _unknown()
        if not isinstance(roles, list) or settings.role not in roles:
            raise Denied(
                403,
                "You are signed in, but your organisation has not given you the role"
                f" {settings.role}.",
            )

    async def _key_set(self, *, renew: bool) -> Any:
        """Return the directory's keys.

        They are asked for anew where they are old, or where a token names none of them.
        """
        from joserfc.jwk import KeySet

        age = self.clock() - self._asked
        if self._keys is None or age > KEYS_FOR or (renew and age > ASK_AGAIN):
            self._asked = self.clock()
            self._keys = KeySet.import_key_set(await self._fetched())
        return self._keys

    async def _fetched(self) -> Any:
        if self.settings.keys:
            return json.loads(Path(self.settings.keys).read_text(encoding="utf-8"))
        import httpx

        try:
            async with httpx.AsyncClient(timeout=10) as client:
                response = await client.get(
                    f"https://login.microsoftonline.com/{self.settings.tenant}/discovery/v2.0/keys"
                )
                response.raise_for_status()
                return response.json()
        except (httpx.HTTPError, ValueError):
            raise Denied(
                503, "The sign-in service cannot be reached. Try again in a minute."
            ) from None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _unknown() -> Denied:
    return Denied(401, "Sign in again: this call carries no valid sign-in of your organisation.")
