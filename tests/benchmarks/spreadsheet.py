"""GE-1 as a finance officer would build it: a workbook of ordinary formulas, its uncertain figures
on a sheet of their own.

It is written from the notes of GE-1 and the contract, not from the engine: one activity line, two
programmes that meet in one segment, five years, wards that close in whole blocks. Sheet Draws: a
row for each draw, a column for each drawn number. Sheet Inputs: a row for each uncertain figure, a
column for each year (the first alone where it is one value), taken from the draw whose number
stands in Inputs!B1. Sheet Model: a row for each step, the base year in column B; Model!B1 is net
cash over the plan. Figures are pounds; amounts are rounded to the penny.
"""

from __future__ import annotations

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

INPUTS = (
    "Effect of P1",
    "Effect of P2",
    "Price and cost uplift",
    "Ward closes",
    "Cost of P1",
    "Cost of P2",
)
DRAWN = (
    *(("programmes", p, "effect") for p in ("P1", "P2")),
    *(("indices", "uplift", "rates"), ("acute_lines", "nel", "closes")),
    *(("programmes", p, "fixed_cost") for p in ("P1", "P2")),
)
"""The figure of the plan behind each row of Inputs."""
YEARS = "CDEFG"
"""Columns of the five years on Model; on Inputs they are one column earlier."""
STEPS = (
    # name, base year, every other year: {c} this column, {p} the one before, {i} this year's column
    # on Inputs
    ("Activity, do nothing", "10000", "={p}3*(1+0.02)*(1-0.0014)"),
    ("Price and unit cost", "3000", "={p}4*(1+Inputs!{i}4)*(1-0.015)"),
    ("Level of programme costs", "1", "={p}5*(1+0.02)"),
    ("Reach of P1", "0", None),
    ("Reach of P2 before its lag of a year", "0", None),
    ("Effect counted on, P1", "0", "=IF(Inputs!$B2<0,Inputs!$B2,Inputs!$B2*(1-0.1)*(1-0.25))*{c}6"),
    ("Effect counted on, P2", "0", "=IF(Inputs!$B3<0,Inputs!$B3,Inputs!$B3*(1-0.1)*(1-0.15))*{p}7"),
    ("Avoided", "0", "={c}3*(0.05*{c}8+0.12*{c}9+0.03*(1-(1-{c}8)*(1-{c}9)))"),
    ("Wards closed", "0", "=INT(ROUND(MIN(MAX({c}10,0),MAX({p}10,0))/150,9))*Inputs!{i}5"),
    ("Most that can be released", "0", "=IF({c}10>0.000000001,{c}4*{c}10,1E+300)"),
    ("Released at once", "0", "=MIN(0.2*{c}4*{c}10,{c}12)"),
    ("Released by wards", "0", "=MIN(0.5*{c}4*150*{c}11,{c}12-{c}13)"),
    ("Contract saving", "0", "=ROUND({c}4*{c}10,2)"),
    ("System release", "0", "=ROUND({c}13,2)+ROUND({c}14,2)"),
    ("Stranded cost", "0", "={c}15-{c}16"),
    ("Paid for prevention", "0", "=ROUND(Inputs!{i}6*{c}5,2)+ROUND(Inputs!{i}7*{c}5,2)"),
    ("Net cash", "0", "={c}16-{c}18"),
)
REACH = {
    "Reach of P1": (0.4, 0.8, 0.8, 0.8, 0.8),
    "Reach of P2 before its lag of a year": (0.1, 0.2, 0.4, 0.4, 0.4),
}
ANSWERS = "C15:G19"
"""Contract saving, system release, stranded cost, paid for prevention and net cash by year."""


def write_model(path, drawn, draws) -> None:
    """Write the workbook with so many draws of `DRAWN`: draws, or draws × years."""
    with xlsxwriter.Workbook(path) as book:
        model, inputs, table = (
            book.add_worksheet("Model"),
            book.add_worksheet("Inputs"),
            book.add_worksheet("Draws"),
        )
        inputs.write("A1", "Draw")
        inputs.write_number("B1", 1)
        inputs.write_column("A2", INPUTS)
        at = 0
        for row, figure in enumerate(DRAWN, start=1):
            for year in range(5 if drawn[figure].ndim > 1 else 1):
                numbers = drawn[figure][:, year + 1] if drawn[figure].ndim > 1 else drawn[figure]
                table.write_column(0, at, [float(number) for number in numbers])
                column = xl_col_to_name(at)
                inputs.write_formula(
                    row, year + 1, f"=INDEX(Draws!${column}$1:${column}${draws},$B$1)"
                )
                at += 1
        model.write("A1", "Net cash over the plan")
        model.write_formula("B1", f"=SUM({YEARS[0]}19:{YEARS[-1]}19)")
        for row, (name, base, formula) in enumerate(STEPS, start=3):
            model.write(f"A{row}", name)
            model.write_number(f"B{row}", float(base))
            for year, column in enumerate(YEARS):
                if formula is None:
                    model.write_number(f"{column}{row}", REACH[name][year])
                else:
                    before = chr(ord(column) - 1)
                    model.write_formula(
                        f"{column}{row}", formula.format(c=column, p=before, i=before)
                    )
