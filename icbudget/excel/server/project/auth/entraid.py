"""Sign-in as xlwings Server asks for it: our own check, on every call.

It stands in place of xlwings' own, which keeps tokens for an hour.
"""

from __future__ import annotations

from typing import Any

from icbudget.excel.server.web_app import tokens


async def validate_token(token_string: str) -> Any:
    """Return the user of a token. Raises `HTTPException` for one that is not valid."""
    from fastapi.exceptions import HTTPException
    from xlwings_server.models import User

    from icbudget.excel.server.tokens import Denied

    try:
        claims = await tokens().check(token_string)
    except Denied as refused:
        raise HTTPException(refused.status, refused.message) from None
    return User(id=str(claims.get("oid", "")), name="signed in", roles=claims["roles"])
