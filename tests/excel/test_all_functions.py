"""The functions are few and their signatures known, and what Excel, VBA and xlwings allow is kept
to.
"""

from __future__ import annotations

import hashlib

import pytest

from icbudget.excel.all_functions import functions

# Ids and the order of arguments are stored in every saved formula. They are frozen by FROZEN_IS with
# the release that closes the work now open: from then on no name here is changed or taken away.
# Whatever is added, before and after, stands in ADDED.
FROZEN = {
    "ICB_UPLIFT": "amount rates [unit]",
    "ICB_DEFLATE": "amount from_year to_year",
    "ICB_DISCOUNT": "amount steps [kind]",
    "ICB_SPLIT": "amount weights",
    "ICB_EFFECT": "measure value [base_risk]",
    "ICB_PLAN": "tables…",
    "ICB_SCENARIO": "plan scenario",
    "ICB_WITH": "plan figure value",
    "ICB_TABLE": "plan table [other_plan]",
    "ICB_FIGURE": "plan figure labels…",
    "ICB_EXPLAIN": "plan figure",
    "ICB_COMPARE": "plan other_plan",
    "ICB_SIMULATE": "plan [draws] [seed]",
}
ADDED: dict[str, str] = {}
FROZEN_IS = "676beb8577bb"
"""The digest of FROZEN. It stays as it is: a change of FROZEN breaks workbooks that people saved."""
# Words that VBA does not take as the name of an argument, and the two that xlwings keeps for
# itself.
RESERVED = """
    addressof and any as base binary boolean byref byte byval call case cbool cbyte ccur cdate cdbl cdec cint clng clnglng clngptr
    close compare const csng cstr currency cvar cverr date debug decimal declare defbool defbyte defcur defdate defdbl defdec
    defint deflng defobj defsng defstr defvar dim do doevents double each else elseif empty end endif enum eqv erase error event
    exit explicit false fix for friend function get global gosub goto if imp implements in input int integer is lbound len let lib
    like line local lock long longlong longptr loop lset me mid mod name new next not nothing null object on open option optional
    or output paramarray preserve print private property psset public put raiseevent random randomize read redim rem resume return
    rset scale seek select set sgn shared single spc static step stop string sub tab text then time to true type typeof ubound
    unlock until variant wend while width with withevents write xor
    caller self
"""
FUNCTIONS = functions()


def test_there_are_these_functions_and_no_others():
    signatures = {id: " ".join(map(written, f.arguments)) for id, f in FUNCTIONS.items()}
    assert signatures == FROZEN | ADDED


def test_no_name_and_no_argument_that_formulas_are_saved_with_was_changed_or_taken_away():
    text = "\n".join(f"{id} {arguments}" for id, arguments in sorted(FROZEN.items()))
    assert hashlib.sha256(text.encode()).hexdigest()[:12] == FROZEN_IS, "add to ADDED instead"
    assert FROZEN.keys().isdisjoint(ADDED)


def written(argument):
    if argument.repeats:
        return f"{argument.name}…"
    return f"[{argument.name}]" if argument.optional else argument.name


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_excel_and_vba_take_the_signature(function):
    names = [a.name for a in function.arguments]
    assert not set(RESERVED.split()) & {name.lower() for name in names}
    assert len(set(names)) == len(names) <= 60
    assert all(name.isidentifier() and name[0] != "_" for name in names)
    needed = [a.optional for a in function.arguments]
    assert needed == sorted(needed), "VBA wants the optional arguments last"
    repeats = [a.repeats for a in function.arguments]
    assert not any(repeats[:-1]), "what repeats comes last"
    assert not (any(repeats) and any(needed)), "xlwings takes one or the other"


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_descriptions_are_whole_where_excel_cuts_them(function):
    for told in (function.doc, *(a.doc for a in function.arguments)):
        assert 0 < len(told) <= 255
