"""Faults that `icbudget.checks.signatures` must find; what it tells of signatures themselves is
tested in `tests/signing`.
"""

from __future__ import annotations

import pytest

from tests.checks.faults import Faults

fault = Faults()
KEY = {"partner": "council", "role": "Section 151 officer"}


@fault("signature.key-not-published", "signing_keys", 0, "published")
def key_published_nowhere(d):
    d["sign_offs"] = [{**KEY, "key": "0123456789abcdef"}]
    d["signing_keys"] = [{**KEY, "id": "0123456789abcdef", "public_key": "AAAA"}]


@pytest.mark.parametrize("fault", fault.params)
def test_every_fault_is_found(fault):
    fault.assert_finding()
