"""What is stored in people's workbooks never changes, and what Excel, VBA and xlwings allow is kept
to.
"""

from __future__ import annotations

import pytest

from icbudget.answers.catalogue import ANSWERS
from icbudget.excel.registry import functions
from icbudget.plan import TABLES

# Ids are stored in every saved formula: add to this list, never change or take from it.
IDS = [
    "ICB_UPLIFT",
    "ICB_DEFLATE",
    "ICB_DISCOUNT",
    "ICB_SPLIT",
    "ICB_EFFECT",
    "ICB_FUNDING",
    "ICB_SCHEMES",
    "ICB_PHASING",
    "ICB_BALANCE",
    "ICB_MINIMUMS",
    "ICB_TESTS",
    "ICB_ACUTE",
    "ICB_AVOIDED",
    "ICB_COMBINATION",
    "ICB_EVIDENCE",
    "ICB_RELEASE",
    "ICB_REALLOCATE",
    "ICB_VERSIONS",
    "ICB_BRIDGE",
    "ICB_PARTNERS",
    "ICB_RISKSHARE",
    "ICB_GAINSHARE",
    "ICB_APPRAISE",
    "ICB_SWITCHING",
    "ICB_GOALS",
    "ICB_GOALGAPS",
    "ICB_FORMS",
    "ICB_SCENARIOS",
    "ICB_MONITOR",
    "ICB_QUARTER",
    "ICB_VIREMENTS",
    "ICB_ACCURACY",
    "ICB_CLOSE",
    "ICB_MEMORANDUM",
    "ICB_ANNUALRETURN",
    "ICB_AGREEMENT",
    "ICB_SOURCEBRIDGE",
    "ICB_BOOKS",
    "ICB_SIMULATE",
    "ICB_TORNADO",
    "ICB_RETURNINCOME",
    "ICB_RETURNSPEND",
    "ICB_RETURNMETRICS",
    "ICB_RETURNQUARTER",
    "ICB_RETURNYEAREND",
    "ICB_CHECKLIST",
    "ICB_CHECKS",
    "ICB_EXPLAIN",
]
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
ORDER = """
    setup partners pools contributions pass_downs schemes minimums indices acute_lines acute_years contract_changes segments
    programmes programme_years moves shifts shift_years risk_shares performance_pots limits gain_shares goals profiles
    virements actuals forecasts closes partner_records sign_offs scenarios uncertainties correlations envelopes
"""
# The arguments of every answer, in their order: a saved formula gives them by position, so a new
# table goes to the end.
SMALL = {
    "ICB_UPLIFT": "amount rates unit",
    "ICB_DEFLATE": "amount from_year to_year",
    "ICB_DISCOUNT": "amount steps kind",
    "ICB_SPLIT": "amount weights",
    "ICB_EFFECT": "measure value base_risk",
}
FUNCTIONS = functions()


def test_the_ids_are_frozen():
    assert sorted(FUNCTIONS) == sorted(IDS)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_order_of_arguments_is_frozen(function):
    told = SMALL.get(
        function.id, f"figure {ORDER}" if function.id == "ICB_EXPLAIN" else ORDER
    ).split()
    assert [a.name for a in function.arguments] == told


def test_every_answer_of_the_catalogue_is_a_function():
    assert {answer.excel_id for answer in ANSWERS} == set(IDS[5:-1])


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_excel_and_vba_take_the_signature(function):
    names = [a.name for a in function.arguments]
    assert not set(RESERVED.split()) & {name.lower() for name in names}
    assert len(set(names)) == len(names) <= 60
    assert all(name.isidentifier() and name[0] != "_" for name in names)
    needed = [a.optional for a in function.arguments]
    assert needed == sorted(needed), "VBA wants the optional arguments last"


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_descriptions_are_whole_where_excel_cuts_them(function):
    for told in (function.doc, *(a.doc for a in function.arguments)):
        assert 0 < len(told) <= 255


def test_a_companion_follows_its_table():
    names = [a.name for a in FUNCTIONS["ICB_ACUTE"].arguments]
    assert [name for name in names if not name.endswith("_years")] == ["setup", *TABLES]
    for table, companion in (
        ("acute_lines", "acute_years"),
        ("programmes", "programme_years"),
        ("shifts", "shift_years"),
    ):
        assert names.index(companion) == names.index(table) + 1
