"""The public keys that signatures under the plan are checked with."""

from icbudget.plan.columns import Kind, Noun, column
from icbudget.plan.sign_off import Office


class SigningKey(Noun):
    """A public key, whose it is, and where its owner has published it.

    A signature proves that the holder of the key signed; whose key it is, only the place where the
    organisation published it says. The private key is in no workbook.
    """

    id: str = column(
        "Key",
        Kind.TEXT,
        "First 16 digits of the SHA-256 of the public key",
        min_length=1,
        opens=True,
    )
    partner: str = column(
        "Partner",
        Kind.REFERENCE,
        "Organisation whose key it is",
        table="partners",
        min_length=1,
        opens=True,
    )
    role: Office = column(
        "Role",
        Kind.CHOICE,
        "Office that signs with it",
        opens=True,
    )
    public_key: str = column(
        "Public key",
        Kind.TEXT,
        "Ed25519 public key, 32 bytes as base64",
        min_length=1,
        opens=True,
    )
    valid_from: str = column(
        "From",
        Kind.DATE,
        "First day on which it may sign; blank: no first day is stated",
        default="",
        opens=True,
    )
    valid_to: str = column(
        "To",
        Kind.DATE,
        "Last day on which it may sign; blank: until it is withdrawn",
        default="",
        opens=True,
    )
    published: str = column(
        "Published at",
        Kind.TEXT,
        "Page or minute in which the organisation published the key, to compare it with",
        default="",
        opens=True,
    )
