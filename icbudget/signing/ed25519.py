"""Keys and signatures: Ed25519 (RFC 8032) through the library `cryptography`.

It is an extra, `icbudget[signing]`: without it a plan is signed by recorded statements, and
signatures that are there cannot be checked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# 64 bits: no two keys of a plan share them by chance, and a person can compare them.
KEY_DIGITS = 16
LEAST_PASSPHRASE = 12
"""Characters of the shortest passphrase that a new key is encrypted with."""
HOW_TO_INSTALL = "In icbudget's folder: pip install '.[signing]'"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new key: its id, its public half as base64, and its private half as encrypted PKCS#8."""

    id: str
    public_key: str
    private_pem: bytes


def can_sign() -> bool:
    """Return whether the library that signs and checks is installed."""
    return find_spec("cryptography") is not None


def new_key(passphrase: str) -> NewKey:
    """Return a new key, encrypted with a passphrase.

    Raises `ValueError` for a passphrase that is too short, and where the library is missing.
    """
    if len(passphrase) < LEAST_PASSPHRASE:
        raise ValueError(
            f"The passphrase has {len(passphrase)} characters. Use at least {LEAST_PASSPHRASE}."
        )
    _needed()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    public = _public_bytes(private)
    return NewKey(key_id(public), base64.b64encode(public).decode("ascii"), pem)


def key_id(public_key: bytes) -> str:
    """Return a key's id: the first 16 digits of the SHA-256 of its 32 public bytes."""
    return hashlib.sha256(public_key).hexdigest()[:KEY_DIGITS]


def public_key_of(pem: bytes, passphrase: str) -> str:
    """Return the public half of a private key as base64; raises `ValueError` as `signed`."""
    return base64.b64encode(_public_bytes(_private(pem, passphrase))).decode("ascii")


def signed(message: bytes, pem: bytes, passphrase: str) -> str:
    """Return the signature of a message as base64.

    Raises `ValueError` where the file is no encrypted Ed25519 key, or the passphrase is wrong.
    """
    return base64.b64encode(_private(pem, passphrase).sign(message)).decode("ascii")


def verified(message: bytes, signature: str, public_key: str) -> bool:
    """Return whether the holder of the public key's private half signed this message.

    Text that is no signature or no key, both as base64, is none.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        public.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _private(pem: bytes, passphrase: str) -> Ed25519PrivateKey:
    _needed()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        private = serialization.load_pem_private_key(pem, passphrase.encode())
    # The library's answer to a passphrase for a key that needs none.
    except TypeError:
        raise ValueError(
            "The key file is not encrypted, so whoever copies it could sign. Make a new key with"
            " icbudget keys new, and withdraw this one."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(
            "The key file cannot be opened: the passphrase is wrong, or it is no private key in"
            " PEM form. Use the file that icbudget keys new wrote."
        ) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError(
            "The key file holds a key of another kind. icbudget signs with Ed25519: make one with"
            " icbudget keys new."
        )
    return private


def _public_bytes(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes_raw()


def _needed() -> None:
    if not can_sign():
        raise ValueError(f"Signing with a key needs the library cryptography. {HOW_TO_INSTALL}")
