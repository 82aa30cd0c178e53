"""People's own sheets, formulas and notes of a base and two parts."""

from __future__ import annotations

from decimal import Decimal

from icbudget.joint.merge import Outcome, Verdict
from icbudget.joint.own_sheets import merged_content
from icbudget.joint.plan_as_cells import Unit
from icbudget.workbook.reading.user_sheets import OwnCell, OwnSheet, OwnTable, UserContent


def sheet(name, text, *tables):
    cell = OwnCell(1, 1, text, "", "", {}, "")
    return OwnSheet(name, (cell,), {}, {}, (), tables, "", "", hidden=False)


def content(*sheets, **more):
    return UserContent(sheets=sheets, **more)


def carried(base, found=None, **parts):
    contents, findings = merged_content(base, parts, found or {})
    told = [(own.name, own.cells[0].value) for one in contents for own in one.sheets]
    return told, [f.id for f in findings], contents


def test_one_that_is_added_is_carried_and_one_that_is_gone_stays():
    base = content(sheet("Notes", "old"))
    told, findings, _ = carried(base, council=content(sheet("Staff", "12")), icb=content())
    assert told == [("Notes", "old"), ("Staff", "12")] and not findings


def test_the_same_content_is_one_sheet():
    one = content(sheet("Notes", "same"))
    assert carried(one, council=one, icb=one)[0] == [("Notes", "same")]
    assert carried(content(), council=one, icb=one)[0] == [("Notes", "same")]


def test_two_that_differ_are_both_carried_beside_the_bases():
    told, findings, _ = carried(
        content(sheet("Notes", "a")),
        council=content(sheet("Notes", "b")),
        icb=content(sheet("notes", "c")),
    )
    assert told == [("Notes", "a"), ("Notes (council)", "b"), ("notes (icb)", "c")]
    assert findings == ["joint.own-sheet"] * 2


def test_a_newer_part_replaces_its_own_earlier_sheet():
    base = content(sheet("Notes", "a"), sheet("Notes (icb)", "earlier"))
    told, _, _ = carried(base, icb=content(sheet("Notes", "newer")))
    assert told == [("Notes", "a"), ("Notes (icb)", "newer")]


def test_names_are_such_as_excel_allows():
    long = "A long name of exactly thirty ch"[:31]
    base, part = content(sheet(long, "a")), content(sheet(long, "b"))
    (_, (name, _)), _, _ = carried(base, **{"icb/[x]:*?": part})
    assert len(name) <= 31 and name.endswith(" (icbx)")


def test_two_excel_tables_of_one_name_get_two():
    def table():
        return OwnTable("Staff", "A1:A2", ("A",), heading_row=True, style="")

    base = content(sheet("One", "a", table()))
    _, _, contents = carried(base, icb=content(sheet("Two", "b", table())))
    assert [t.name for c in contents for s in c.sheets for t in s.tables] == ["Staff", "Staff_2"]


def test_a_formula_comes_with_the_part_whose_value_stands():
    figure = "contributions/bcf|icb|NHS|1/base_amount"
    unit = Unit("contributions", ("bcf", "icb", "NHS", "1"), "base_amount+index+recurrent")
    value = (("base_amount", Decimal(3)),)
    found = {unit: Outcome(Verdict.OWNER_STANDS, value, (("council", ()), ("icb", value)))}
    base = content(formulas={figure: "=1"})
    parts = {who: content(formulas={figure: f"={who}"}) for who in ("council", "icb")}
    _, _, (of_base, of_council, of_icb) = carried(base, found, **parts)
    assert of_icb.formulas == {figure: "=icb"}
    assert not of_base.formulas and not of_council.formulas
    # Where nobody changed the figure, the base's formula stays.
    _, _, (of_base, of_council, of_icb) = carried(base, **parts)
    assert of_base.formulas == {figure: "=1"} and not of_council.formulas and not of_icb.formulas


def test_notes_at_a_figure_are_joined():
    figure = "goals/falls/target"
    base = content(comments={figure: "base"})
    parts = {who: content(comments={figure: f"by {who}"}) for who in ("council", "icb")}
    _, _, contents = carried(base, **parts)
    assert contents[0].comments == {figure: "base\ncouncil: by council\nicb: by icb"}
