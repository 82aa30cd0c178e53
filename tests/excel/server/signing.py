"""A stand-in for an Entra directory: a key of our own, the file of its public half, and tokens
signed with it.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

TENANT = "11111111-2222-3333-4444-555555555555"
OTHER_TENANT = "99999999-2222-3333-4444-555555555555"
CLIENT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
HOSTNAME = "icbudget.example.nhs.uk"
KEY = RSAKey.generate_key(2048, {"kid": "ours"})
FOREIGN = RSAKey.generate_key(2048, {"kid": "theirs"})
FORGED = RSAKey.import_key(FOREIGN.as_dict(private=True) | {"kid": "ours"})


def keys_file(folder: Path) -> Path:
    """Write the directory's public keys to a file."""
    path = folder / "keys.json"
    path.write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    return path


def settings(folder: Path) -> dict[str, str]:
    """Return the environment of a server in production."""
    chosen = {
        "PRODUCTION": "1",
        "HOSTNAME": HOSTNAME,
        "TENANT": TENANT,
        "CLIENT": CLIENT,
        "KEYS": str(keys_file(folder)),
    }
    return {f"ICBUDGET_SERVER_{name}": value for name, value in chosen.items()}


def claims(**changed: Any) -> dict[str, Any]:
    """Return the claims of a good token, some of them changed; None takes one away."""
    now = int(time.time())
    good = {
        "ver": "2.0",
        "iss": f"https://login.microsoftonline.com/{TENANT}/v2.0",
        "tid": TENANT,
        "aud": CLIENT,
        "exp": now + 600,
        "nbf": now - 10,
        "oid": "5f0c",
        "name": "Jane Doe",
        "preferred_username": "jane.doe@example.nhs.uk",
        "roles": ["icbudget.user"],
    }
    return {name: value for name, value in (good | changed).items() if value is not None}


def token(key: Any = KEY, algorithm: str = "RS256", **changed: Any) -> str:
    """Return a signed token."""
    header = {"alg": algorithm, **({"kid": key.kid} if getattr(key, "kid", None) else {})}
    return jwt.encode(header, claims(**changed), key, algorithms=[algorithm])


SHARED = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
"""The public key misused as a shared secret, as a known attack does."""
ISSUER = "https://login.microsoftonline.com/{}/v2.0"
REFUSED = {
    "no token": lambda: "",
    "not a token": lambda: "abc",
    "text of an error": lambda: "Error 13001",
    "another scheme": lambda: "Basic abc",
    "cut off": lambda: f"Bearer {token()[:-9]}",
    "unsigned": lambda: "Bearer " + token().rsplit(".", 1)[0] + ".",
    "another directory's key": lambda: f"Bearer {token(FOREIGN)}",
    "another key under our key's name": lambda: f"Bearer {token(FORGED)}",
    "public key as secret": lambda: f"Bearer {token(SHARED, 'HS256')}",
    "expired": lambda: f"Bearer {token(exp=int(time.time()) - 1)}",
    "without expiry": lambda: f"Bearer {token(exp=None)}",
    "expiry in words": lambda: f"Bearer {token(exp='tomorrow')}",
    "not yet valid": lambda: f"Bearer {token(nbf=int(time.time()) + 600)}",
    "for another app": lambda: f"Bearer {token(aud='cccccccc-bbbb-cccc-dddd-eeeeeeeeeeee')}",
    "for several apps": lambda: f"Bearer {token(aud=[CLIENT, 'other'])}",
    "another tenant": lambda: f"Bearer {token(tid=OTHER_TENANT, iss=ISSUER.format(OTHER_TENANT))}",
    "another tenant, our issuer": lambda: f"Bearer {token(tid=OTHER_TENANT)}",
    "another issuer": lambda: f"Bearer {token(iss='https://evil.example/')}",
    "without issuer": lambda: f"Bearer {token(iss=None)}",
    "version 1": lambda: f"Bearer {token(ver='1.0')}",
}
"""Every kind of sign-in that is refused with 401."""
