"""Ed25519 as RFC 8032 has it, by its published vectors; keys that cannot sign."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from icbudget.signing import ed25519

PASSPHRASE = "a passphrase for tests"
# RFC 8032 section 7.1, tests 1 to 3: secret key, public key, message, signature
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def text(hexadecimal):
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


def pem_of(private, passphrase=PASSPHRASE):
    encryption = serialization.NoEncryption()
    if passphrase:
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )


@pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard_come_out(secret, public, message, signature):
    pem = pem_of(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)))
    said = bytes.fromhex(message)
    assert ed25519.public_key_of(pem, PASSPHRASE) == text(public)
    assert ed25519.signed(said, pem, PASSPHRASE) == text(signature)
    assert ed25519.verified(said, text(signature), text(public))
    assert not ed25519.verified(said + b".", text(signature), text(public))


@pytest.mark.parametrize(
    ("signature", "public"),
    [("", ""), ("not base64!", "AAAA"), (text("00" * 64), text("00" * 31)), ("é", text("00" * 32))],
)
def test_what_is_no_signature_or_no_key_is_not_verified(signature, public):
    assert ed25519.verified(b"said", signature, public) is False


def test_a_new_key_is_encrypted_and_signs_with_its_passphrase_alone():
    made = ed25519.new_key(PASSPHRASE)
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in made.private_pem
    signature = ed25519.signed(b"said", made.private_pem, PASSPHRASE)
    assert ed25519.verified(b"said", signature, made.public_key)
    assert made.id == ed25519.key_id(base64.b64decode(made.public_key)) and len(made.id) == 16
    with pytest.raises(ValueError, match="passphrase is wrong"):
        ed25519.signed(b"said", made.private_pem, "another passphrase")


def test_a_short_passphrase_makes_no_key():
    with pytest.raises(ValueError, match="at least 12"):
        ed25519.new_key("eleven char")


@pytest.mark.parametrize(
    ("pem", "says"),
    [
        (pem_of(Ed25519PrivateKey.generate(), ""), "not encrypted"),
        (pem_of(ec.generate_private_key(ec.SECP256R1())), "another kind"),
        (b"", "cannot be opened"),
        (b"PK\x03\x04 a workbook", "cannot be opened"),
    ],
)
def test_a_file_that_cannot_sign_is_one_line_that_says_why(pem, says):
    with pytest.raises(ValueError, match=says):
        ed25519.signed(b"said", pem, PASSPHRASE)


def test_without_the_library_a_key_cannot_sign_and_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(ed25519, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"cryptography.*pip install"):
        ed25519.new_key(PASSPHRASE)
