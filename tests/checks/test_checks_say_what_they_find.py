"""A check's docstring says what it looks for, and names every finding that it may give."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from pathlib import Path

from icbudget.checks import improbable_figures, references, signatures
from icbudget.checks.order_of_checks import AS_TYPED, RESULTS, STRUCTURE
from tests.finding_page import reasons

ON_THEIR_OWN = (
    references.broken_links,
    signatures.signed,
    improbable_figures.answers_too_large,
)
"""Checks that are called apart from the order."""
CHECKS = tuple({inspect.unwrap(c): None for c in (*STRUCTURE, *AS_TYPED, *RESULTS, *ON_THEIR_OWN)})
LISTED = re.compile(r"Findings: ((?:`[a-z0-9.-]+`(?:, )?)+)\.$")
AGREEMENTS = {
    "engine/accounts/risk_rule.py": "risk_share_rules",
    "engine/accounts/gain_rule.py": "gain_share_terms",
    "engine/appraisal/year_of_care.py": "capitation_rows",
}
"""Where the engine says why an agreement cannot be used, and the checks that pass it on."""


def named_by(check):
    """The ids that a check's docstring names."""
    text = " ".join((inspect.getdoc(check) or "").split())
    match = LISTED.search(text)
    return set(re.findall(r"`([^`]+)`", match[1])) if match else set()


def test_every_check_says_what_it_looks_for_and_what_it_finds():
    assert len(CHECKS) > 100
    silent = [
        f"{check.__module__}: {check.__name__}"
        for check in CHECKS
        if not (inspect.getdoc(check) or "").startswith("Return ") or not named_by(check)
    ]
    assert silent == []


def test_the_checks_of_a_file_name_every_finding_that_the_file_has_and_no_other():
    """Why a finding matters stands in the file that makes it: that is the list to hold it to."""
    named = defaultdict(set)
    for check in CHECKS:
        named[check.__module__.rpartition(".")[2]] |= named_by(check)
    made = defaultdict(set)
    for id, (_, file) in reasons().items():
        module = AGREEMENTS.get(file) or Path(file).stem
        if file in AGREEMENTS or Path(file).parent.name == "checks":
            made[module].add(id)
    every = set().union(*made.values())
    missing = {m: sorted(ids - named[m]) for m, ids in made.items() if m in named}
    assert {m: ids for m, ids in missing.items() if ids} == {}
    assert set().union(*named.values()) <= every
