"""Findings in their reading order, and one for each cause."""

from __future__ import annotations

from icbudget.findings import Place, error, note, one_a_cause, ordered, percentage, warning


def at(cell):
    return Place(sheet="Funding", cell=cell)


def test_errors_stand_first_and_among_them_their_cause():
    follows = error("link.unknown", "A.", "", at("A1"), 900)
    cell = error("cell.blank", "B.", "", at("B1"))
    table = error("table.missing-column", "C.", "", at("C1"))
    file = error("workbook.no-table", "D.", "")
    small, large = warning("w.x", "E.", "", None, 5), warning("w.x", "F.", "", None, -50)
    last = note("workbook.macros", "G.")
    assert ordered([last, small, large, follows, cell, table, file]) == [
        *(file, table, cell, follows),
        *(large, small, last),
    ]


def test_many_errors_of_one_kind_on_a_sheet_are_one_with_its_cells():
    texts = [error("cell.text-in-number", f"“{n}” is text.", "", at(f"B{n}")) for n in range(6, 46)]
    (one,) = one_a_cause(texts)
    assert one.message.startswith("“6” is text. The same in 39 more cells: Funding!B7; Funding!B8;")
    assert one.message.endswith("and 31 more.") and one.place == texts[0].place


def test_a_few_errors_of_one_kind_stay_apart():
    few = [error("cell.text-in-number", f"“{n}” is text.", "", at(f"B{n}")) for n in range(5)]
    assert one_a_cause(few) == few


def test_one_name_that_is_not_there_is_one_finding_whichever_column_names_it():
    missing = [
        error("link.unknown", "Host names “icb”, which is not in Partners.", "", at("A1"), 100),
        error("link.unknown", "Partner names “icb”, which is not in Partners.", "", at("B1"), 200),
        error("link.unknown", "Partner names “x”, which is not in Partners.", "", at("B2")),
    ]
    first, other = one_a_cause(missing)
    assert first.message.endswith("The same in 1 more cell: Funding!B1.")
    assert first.effect_pence == 300 and other == missing[2]


def test_warnings_and_notes_are_never_put_together():
    many = [warning("pool.x", "A.", "", at(f"A{n}")) for n in range(20)]
    assert one_a_cause(many) == many


def test_a_percentage_below_zero_has_the_minus_sign_of_amounts():
    assert [percentage(share) for share in (-0.0014, 0.0566, 0)] == ["−0.14%", "5.66%", "0%"]
