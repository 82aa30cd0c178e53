"""A council and an ICB fill in one plan by files: share, fill in, merge, choose, merge again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from icbudget import tasks
from icbudget.findings import Severity
from icbudget.joint.records import still_open
from tests.workbook.opened import with_sheets

PLAN = Path(__file__).parent / "plan.yaml"
DAY = dt.date(2026, 11, 30)
HEADINGS = 5


def filled(source, target, *edits, sheets=()):
    """A copy of a workbook with cells typed: (sheet, cells that find the row, heading, value)."""
    book = openpyxl.load_workbook(source)
    for sheet, row, heading, value in edits:
        cell_of(book[sheet], row, heading).value = value
    for name, values in sheets:
        made = book.create_sheet(name)
        for line in values:
            made.append(line)
    book.save(target)
    return target


def cell_of(sheet, wanted, heading):
    at = {cell.value: cell.column - 1 for cell in sheet[HEADINGS]}
    for row in sheet.iter_rows(min_row=HEADINGS + 1):
        if all(str(row[at[name]].value or "") == value for name, value in wanted.items()):
            return row[at[heading]]
    raise AssertionError((sheet.title, wanted))


def values(plan, table):
    return [tuple(row.model_dump().values()) for row in getattr(plan, table)]


def errors(findings):
    return [f.id for f in findings if f.severity is Severity.ERROR]


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """The plan and both parts as they were shared."""
    folder = tmp_path_factory.mktemp("joint")
    base, _ = folder / "plan.xlsx", tasks.convert(PLAN, folder / "plan.xlsx")
    for partner in ("council", "icb"):
        opened, path = tasks.share(base, partner, folder / f"{partner}.xlsx", on=DAY)
        assert path is not None and not errors(opened.findings)
    return folder


COUNCIL = {"Partner": "council"}
ICB = {"Partner": "icb"}
AMOUNT = "Base amount (£)"


def test_a_part_is_an_ordinary_workbook_with_its_own_cells_yellow(work):
    book = openpyxl.load_workbook(work / "council.xlsx")
    own, other = (cell_of(book["Funding"], who, AMOUNT) for who in (COUNCIL, ICB))
    assert own.fill.fgColor.rgb == "FFFFF9DE" and other.fill.fgColor.rgb == "FFF1F3F5"
    assert not any(sheet.protection.sheet for sheet in book)
    says = tasks.load(work / "council.xlsx").plan.this_part[0]
    assert (says.partner, says.number, says.made_on) == ("council", 1, "2026-11-30")
    assert len(says.base) == len(says.view) == 64


def test_a_part_says_on_its_first_sheet_whose_it_is_and_where_it_goes_back(tmp_path):
    """Whoever has the e-mailed file alone opens it at Start."""
    asked = {"questions": "pool@example.gov.uk", "on": DAY}
    tasks.share(PLAN, "council", tmp_path / "council.xlsx", **asked)
    book = openpyxl.load_workbook(tmp_path / "council.xlsx")
    assert book.sheetnames[0] == "Start" and book.active.title == "Start"
    words = [cell.value for row in book["Start"].iter_rows() for cell in row if cell.value]
    (says,) = [text for text in words if "is the part of" in str(text)]
    assert says == (
        "This file is the part of Example Council. Fill in or correct its yellow cells, save the"
        " file as it is, and send it back to pool@example.gov.uk."
    )
    assert any("another partner's: what you type there is a proposal" in str(t) for t in words)


def test_a_part_that_nobody_filled_in_changes_nothing(work, tmp_path):
    out = tmp_path / "joint.xlsx"
    merged = tasks.merge_parts(
        work / "plan.xlsx", [str(work / "council.xlsx"), str(work / "icb.xlsx")], out, on=DAY
    )
    assert merged.path == out and not merged.outcomes and not merged.differences
    assert not errors(merged.findings)


@pytest.fixture(scope="module")
def parts(work):
    """Both parts filled in: each its own money, and both another target."""
    council = filled(
        work / "council.xlsx",
        work / "council-filled.xlsx",
        ("Funding", COUNCIL, AMOUNT, 600),
        ("Schemes", {"Scheme": "2"}, AMOUNT, 600),
        ("Goals", {"Goal": "falls"}, "Target", 80),
        ("Funding", ICB, AMOUNT, 1200),
        sheets=[("Notes", [["of the council"]])],
    )
    icb = filled(
        work / "icb.xlsx",
        work / "icb-filled.xlsx",
        ("Funding", ICB, AMOUNT, 1100),
        ("Schemes", {"Scheme": "1"}, AMOUNT, "=1000+100"),
        ("Goals", {"Goal": "falls"}, "Target", 85),
        sheets=[("Notes", [["of the ICB"]])],
    )
    # openpyxl stores no result of a formula; Excel would.
    book = openpyxl.load_workbook(icb)
    cell_of(book["Schemes"], {"Scheme": "1"}, AMOUNT).value = 1100
    book.save(icb)
    return [str(council), str(icb)]


@pytest.fixture(scope="module")
def joint(work, parts):
    merged = tasks.merge_parts(work / "plan.xlsx", parts, work / "joint.xlsx", on=DAY, by="A B")
    assert merged.path is not None, merged.findings
    return merged


def test_what_each_owns_is_taken_and_what_both_want_is_to_agree(joint):
    plan = tasks.load(joint.path).plan
    assert [row.base_amount for row in plan.contributions] == [Decimal(1100), Decimal(600)]
    assert [row.base_amount for row in plan.schemes] == [Decimal(1100), Decimal(600)]
    assert plan.goals[0].target == 90
    assert [unit.table for unit, _ in still_open(joint.outcomes)] == ["goals"]
    assert {row.became for row in plan.to_agree} == {"owner stands", "to agree"}
    assert "joint.to-agree" in errors(joint.findings)
    assert not [f for f in joint.findings if f.id == "link.unknown"]


def test_the_joint_workbook_says_every_ask_in_words(joint):
    plan = tasks.load(joint.path).plan
    says = [row.says for row in plan.received_changes]
    assert any("Funding bcf, icb" in text and "£1,200" in text for text in says)
    assert {row.became for row in plan.received_changes} == {"taken", "to agree", "owner stands"}
    assert [(row.partner, row.state) for row in plan.parts] == [
        ("icb", "in"),
        ("council", "in"),
    ] or [(row.partner, row.state) for row in plan.parts] == [("council", "in"), ("icb", "in")]
    assert [row.what for row in plan.history] == ["new", "merged"]


def test_own_sheets_of_one_name_are_both_carried(joint):
    names = openpyxl.load_workbook(joint.path, read_only=True).sheetnames
    assert names[-2:] == ["Notes", "Notes (icb)"]


def test_the_order_of_the_parts_does_not_matter(work, parts, joint, tmp_path):
    other = tmp_path / "joint.xlsx"
    tasks.merge_parts(work / "plan.xlsx", parts[::-1], other, on=DAY, by="A B")
    one, two = tasks.load(joint.path).plan, tasks.load(other).plan
    for table in ("contributions", "schemes", "goals", "to_agree", "received_changes"):
        assert values(one, table) == values(two, table)


def test_merging_goes_on_from_the_joint_workbook_alone(joint, tmp_path):
    chosen = filled(
        joint.path,
        tmp_path / "chosen.xlsx",
        *[
            ("To agree", {"What is asked": GOAL, "Asked by partner": "icb"}, heading, value)
            for heading, value in (
                ("Choice", "this"),
                ("Chosen for", "icb; council"),
                ("Chosen by", "C D"),
                ("Reason of choice", "minute 4"),
            )
        ],
    )
    again = tasks.merge_parts(chosen, [], tmp_path / "agreed.xlsx", on=DAY)
    plan = tasks.load(again.path).plan
    assert plan.goals[0].target == 85
    assert not errors(again.findings) and again.open == 0
    assert [row.what for row in plan.history] == ["new", "merged", "merged", "chosen"]
    assert not [f for f in tasks.history(again.path, verify=True)[0].findings if f.stops]
    # Once more, and nothing changes.
    once_more = tasks.merge_parts(again.path, [], tmp_path / "more.xlsx", on=DAY)
    assert values(tasks.load(once_more.path).plan, "goals") == values(plan, "goals")
    assert once_more.open == 0


GOAL = "Goals falls: Baseline, Target, Target year"


def test_a_choice_of_one_alone_does_not_hold(joint, tmp_path):
    chosen = filled(
        joint.path,
        tmp_path / "chosen.xlsx",
        ("To agree", {"What is asked": GOAL, "Asked by partner": "icb"}, "Choice", "this"),
        ("To agree", {"What is asked": GOAL, "Asked by partner": "icb"}, "Chosen for", "icb"),
    )
    again = tasks.merge_parts(joint.path, [], tmp_path / "x.xlsx", chosen_in=chosen, on=DAY)
    assert again.open == 1
    assert "to-agree.who" in [f.id for f in again.findings]


def test_a_new_part_takes_the_place_of_the_earlier_one(work, joint, tmp_path):
    newer = filled(
        work / "icb.xlsx", tmp_path / "icb.xlsx", ("Goals", {"Goal": "falls"}, "Target", 80)
    )
    again = tasks.merge_parts(joint.path, [str(newer)], tmp_path / "joint.xlsx", on=DAY)
    plan = tasks.load(again.path).plan
    # The ICB asks for the council's 80 now, and no longer for other money.
    assert plan.goals[0].target == 80
    assert [row.base_amount for row in plan.contributions] == [Decimal(1000), Decimal(600)]
    assert again.open == 1  # the council's proposal of the ICB's money


def test_a_new_round_keeps_what_is_agreed_and_what_is_open(joint, tmp_path):
    tasks.share(joint.path, "council", tmp_path / "council.xlsx", on=DAY)
    newer = filled(
        tmp_path / "council.xlsx",
        tmp_path / "council-2.xlsx",
        ("Funding", COUNCIL, AMOUNT, 700),
    )
    again = tasks.merge_parts(joint.path, [str(newer)], tmp_path / "joint.xlsx", on=DAY)
    plan = tasks.load(again.path).plan
    assert [row.base_amount for row in plan.contributions] == [Decimal(1100), Decimal(700)]
    assert [unit.table for unit, _ in still_open(again.outcomes)] == ["goals"]
    assert [
        (row.partner, row.number, row.state) for row in plan.parts if row.partner == "council"
    ] == [
        ("council", 1, "replaced"),
        ("council", 2, "in"),
    ]


def test_figures_changed_by_hand_in_the_joint_workbook_are_never_lost(joint, tmp_path):
    changed = filled(joint.path, tmp_path / "c.xlsx", ("Funding", COUNCIL, AMOUNT, 999))
    again = tasks.merge_parts(changed, [], tmp_path / "joint.xlsx", on=DAY)
    assert again.path is None and errors(again.findings) == ["merge.changed-by-hand"]
    assert "£999" in again.findings[-1].message
    assert not (tmp_path / "joint.xlsx").exists()


def test_a_part_of_another_plan_is_refused_in_one_line(work, tmp_path):
    other = PLAN.read_text().replace("base_amount: 1000", "base_amount: 2000")
    (tmp_path / "other.yaml").write_text(other)
    tasks.share(tmp_path / "other.yaml", "icb", tmp_path / "icb.xlsx", on=DAY)
    part = str(tmp_path / "icb.xlsx")
    merged = tasks.merge_parts(work / "plan.xlsx", [part], tmp_path / "j.xlsx", on=DAY)
    assert merged.path is None and errors(merged.findings) == ["merge.another-plan"]
    # Two-way: all its differences are proposals.
    merged = tasks.merge_parts(
        work / "plan.xlsx", [part], tmp_path / "j.xlsx", two_way=True, on=DAY
    )
    assert {str(o.verdict) for o in merged.outcomes.values()} == {"proposed"}
    assert not merged.differences


def test_a_row_that_cannot_be_read_is_no_deletion(work, tmp_path):
    broken = filled(work / "icb.xlsx", tmp_path / "icb.xlsx", ("Funding", ICB, AMOUNT, "lots"))
    merged = tasks.merge_parts(work / "plan.xlsx", [str(broken)], tmp_path / "j.xlsx", on=DAY)
    assert merged.path is None and errors(merged.findings)


def test_two_parts_of_one_partner_are_refused(work, tmp_path):
    twice = [str(work / "icb.xlsx")] * 2
    merged = tasks.merge_parts(work / "plan.xlsx", twice, tmp_path / "j.xlsx", on=DAY)
    assert set(errors(merged.findings)) == {"merge.two-parts"}


def test_confidential_rows_are_not_in_the_file_in_any_form(tmp_path):
    text = PLAN.read_text() + (
        "owners:\n"
        "- {table: Schemes, where: Scheme = 1, owner: icb, confidential: true}\n"
        "actuals:\n"
        "- {year: 2026/27, month: 1, scheme: '1', amount: 4321}\n"
    )
    (tmp_path / "plan.yaml").write_text(text.replace("Home first", "Secretword"))
    opened, path = tasks.share(tmp_path / "plan.yaml", "council", tmp_path / "c.xlsx", on=DAY)
    assert path is not None, opened.findings
    import zipfile

    with zipfile.ZipFile(path) as packed:
        content = b"".join(packed.read(name) for name in packed.namelist())
    assert b"Secretword" not in content and b"4321" not in content
    part = tasks.load(path).plan
    assert [row.id for row in part.schemes] == ["2"] and not part.actuals and not part.owners
    assert part.this_part[0].left_out == "Schemes: 1; Actuals: 1; Owners: 1"
    # It has no answers: totals would be wrong, or give the row away by subtraction.
    assert "part.no-answers" in errors(tasks.check(path).findings)
    # And what is not in it is not deleted.
    merged = tasks.merge_parts(tmp_path / "plan.yaml", [str(path)], tmp_path / "j.yaml", on=DAY)
    assert not merged.outcomes and len(tasks.load(merged.path).plan.schemes) == 2
    # The owner of the row sees it.
    _, own = tasks.share(tmp_path / "plan.yaml", "icb", tmp_path / "i.xlsx", on=DAY)
    assert [row.id for row in tasks.load(own).plan.schemes] == ["1", "2"]


def test_a_rule_of_ownership_that_is_not_understood_stops_the_sharing(tmp_path):
    text = PLAN.read_text() + "owners:\n- {table: Scheems, owner: icb, confidential: true}\n"
    (tmp_path / "plan.yaml").write_text(text)
    opened, path = tasks.share(tmp_path / "plan.yaml", "council", tmp_path / "c.xlsx", on=DAY)
    assert path is None and errors(opened.findings) == ["owners.not-understood"]


def test_the_pounds_of_an_ask(work, tmp_path):
    # The ICB asks the council to spend £100 more a year on scheme 2, in both years: all are
    # £200 worse off, and who bears it follows from the contributions.
    part = filled(work / "icb.xlsx", tmp_path / "i.xlsx", ("Schemes", {"Scheme": "2"}, AMOUNT, 600))
    merged = tasks.merge_parts(work / "plan.xlsx", [str(part)], tmp_path / "j.xlsx", on=DAY)
    ask = next(row for row in tasks.load(merged.path).plan.to_agree if row.partner == "icb")
    assert ask.became == "proposed" and ask.whole_worth == Decimal(-200)


def test_the_pounds_of_a_hundred_asks(tmp_path):
    """The ICB asks £n more for scheme n of a hundred that the council leads, one ask each.

    By hand: over two years at a flat index everybody together is 2 × £n worse off by ask n.
    """
    head, _, goals = PLAN.read_text().partition("schemes:\n")
    scheme = (
        "- {{id: '{n}', name: Scheme {n}, pool: bcf, source: Additional LA Contribution,"
        " base_amount: 10, index: flat, lead_partner: council}}\n"
    )
    rows = "".join(scheme.format(n=n) for n in range(1, 101))
    base = tmp_path / "plan.yaml"
    base.write_text(f"{head}schemes:\n{rows}goals:{goals.partition('goals:')[2]}")
    tasks.share(base, "icb", tmp_path / "icb.yaml", on=DAY)
    part = tasks.load(tmp_path / "icb.yaml").plan
    more = tuple(
        row.model_copy(update={"base_amount": row.base_amount + int(row.id)})
        for row in part.schemes
    )
    filled_in = tasks.convert_plan(
        part.model_copy(update={"schemes": more}), tmp_path / "filled.yaml"
    )
    merged = tasks.merge_parts(base, [str(filled_in)], tmp_path / "joint.yaml", on=DAY)
    asks = [row for row in tasks.load(merged.path).plan.to_agree if row.partner == "icb"]
    assert len(asks) == 100
    by_scheme = {int(row.figure.split("/")[1].split("|")[0]): row.whole_worth for row in asks}
    assert by_scheme == {n: Decimal(-2 * n) for n in range(1, 101)}


def test_the_pounds_of_another_key_and_another_order_are_nothing(work, tmp_path):
    """Both move no money here: £0, and not blank. Neither is the asker's to change."""
    council = tasks.load(work / "council.xlsx").plan
    rekeyed = tuple(
        row.model_copy(update={"id": "9"}) if row.id == "1" else row for row in council.schemes
    )
    icb = tasks.load(work / "icb.xlsx").plan
    turned = {"partners": icb.partners[::-1]}
    parts = [
        tasks.convert_plan(part.model_copy(update=asked), tmp_path / f"{who}.yaml")
        for who, part, asked in (("council", council, {"schemes": rekeyed}), ("icb", icb, turned))
    ]
    merged = tasks.merge_parts(
        work / "plan.xlsx", [str(path) for path in parts], tmp_path / "j.yaml", on=DAY
    )
    worth = {
        row.figure: (row.became, row.own_worth, row.whole_worth)
        for row in tasks.load(merged.path).plan.to_agree
        if row.partner
    }
    assert worth == {
        "schemes/1|1/key": ("proposed", 0, 0),
        "partners//order": ("proposed", 0, 0),
    }


def test_a_rekeyed_scheme_is_known_again(work, tmp_path):
    _, path = tasks.rekey(work / "icb.xlsx", "Schemes", "1", "11", tmp_path / "i.xlsx", on=DAY)
    part = filled(path, tmp_path / "i2.xlsx", ("Schemes", {"Scheme": "11"}, AMOUNT, 1050))
    merged = tasks.merge_parts(work / "plan.xlsx", [str(part)], tmp_path / "j.xlsx", on=DAY)
    assert [str(o.verdict) for o in merged.outcomes.values()] == ["taken", "taken"]
    assert [(r.id, r.base_amount) for r in tasks.load(merged.path).plan.schemes] == [
        ("11", Decimal(1050)),
        ("2", Decimal(500)),
    ]
    opened, none = tasks.rekey(work / "icb.xlsx", "Schemes", "1", "2", tmp_path / "k.xlsx")
    assert none is None and errors(opened.findings) == ["rekey.taken"]
    opened, none = tasks.rekey(work / "icb.xlsx", "Schemes", "9", "3", tmp_path / "k.xlsx")
    assert none is None and errors(opened.findings) == ["rekey.no-row"]


@pytest.mark.parametrize("field", ["figures", "why", "on", "by"])
def test_a_history_that_was_changed_is_told(joint, tmp_path, field):
    plan = tasks.load(joint.path).plan
    first = plan.history[0].model_copy(update={field: "x" if field != "on" else "2026-01-01"})
    forged = plan.model_copy(update={"history": (first, *plan.history[1:])})
    path = tasks.convert_plan(forged, tmp_path / "forged.yaml")
    opened, _ = tasks.history(path, verify=True)
    assert errors(opened.findings) == ["history.broken"]


def test_an_entry_taken_out_or_a_figure_changed_since_is_told(joint, tmp_path):
    plan = tasks.load(joint.path).plan
    shorter = plan.model_copy(update={"history": plan.history[1:]})
    path = tasks.convert_plan(shorter, tmp_path / "short.yaml")
    assert errors(tasks.history(path, verify=True)[0].findings) == ["history.broken"]
    rows = (plan.goals[0].model_copy(update={"target": 70.0}),)
    path = tasks.convert_plan(plan.model_copy(update={"goals": rows}), tmp_path / "since.yaml")
    found = [f.id for f in tasks.history(path, verify=True)[0].findings]
    assert found == ["history.changed-since", "history.borne-out"]


def test_open_comments_are_counted(tmp_path):
    said = "comments:\n- {partner: icb, id: '1', text: 'Why 90?'}\n"
    (tmp_path / "plan.yaml").write_text(PLAN.read_text() + said)
    found = [f for f in tasks.check(tmp_path / "plan.yaml").findings if f.id == "joint.comments"]
    assert len(found) == 1 and "Why 90?" in found[0].message
    tasks.convert(tmp_path / "plan.yaml", tmp_path / "plan.xlsx")
    start = with_sheets(tmp_path / "plan.xlsx", "Start", values=True)["Start"]
    assert "1 comments open" in [cell.value for row in start for cell in row]


def test_every_table_of_the_shipped_ownership_is_one_of_the_plan():
    from icbudget.joint.plan_as_cells import MERGED, spec
    from icbudget.plan.columns import columns_of
    from icbudget.reference import merge_units, ownership_rules

    for rule in ownership_rules():
        assert rule.table in MERGED
        fields = {c.field for c in columns_of(spec(rule.table).noun)}
        named = {*rule.columns, rule.where[0]} - {""}
        named |= {rule.owner[1:].split(".")[0]} if rule.owner[0] in "=~" else set()
        assert named <= fields, rule
    for unit in merge_units():
        assert set(unit.columns) <= {c.field for c in columns_of(spec(unit.table).noun)}, unit
    # Every table is owned by somebody, so that none is joint by mistake.
    assert {rule.table for rule in ownership_rules() if not rule.columns} == set(MERGED)


@pytest.mark.parametrize("table", ["base_rows", "received_changes"])
def test_what_the_joint_workbook_keeps_may_not_be_changed(joint, tmp_path, table):
    plan = tasks.load(joint.path).plan
    field = "held" if table == "base_rows" else "now"
    first, *rest = getattr(plan, table)
    forged = plan.model_copy(update={table: (first.model_copy(update={field: "[["}), *rest)})
    path = tasks.convert_plan(forged, tmp_path / "forged.yaml")
    merged = tasks.merge_parts(path, [], tmp_path / "j.xlsx", on=DAY)
    assert merged.path is None and errors(merged.findings)


def test_a_part_whose_base_was_changed_is_refused(work, tmp_path):
    part = tasks.load(work / "icb.xlsx").plan
    rows = [
        row.model_copy(update={"held": row.held.replace("1000", "900")}) for row in part.base_rows
    ]
    forged = part.model_copy(update={"base_rows": tuple(rows)})
    path = tasks.convert_plan(forged, tmp_path / "icb.yaml")
    merged = tasks.merge_parts(work / "plan.xlsx", [str(path)], tmp_path / "j.xlsx", on=DAY)
    assert merged.path is None and errors(merged.findings) == ["merge.another-plan"]


def test_files_that_are_none_are_refused(work, tmp_path):
    (tmp_path / "text.xlsx").write_text("hello")
    for part in ("nowhere.xlsx", str(tmp_path / "text.xlsx"), str(work / "plan.xlsx")):
        merged = tasks.merge_parts(work / "plan.xlsx", [part], tmp_path / "j.xlsx", on=DAY)
        assert merged.path is None and len(errors(merged.findings)) == 1
    merged = tasks.merge_parts(work / "icb.xlsx", [], tmp_path / "j.xlsx", on=DAY)
    assert errors(merged.findings) == ["merge.base-is-a-part"]
    with pytest.raises(ValueError, match="no partner"):
        tasks.share(work / "plan.xlsx", "trust", tmp_path / "t.xlsx")
    opened, path = tasks.share(work / "icb.xlsx", "icb", tmp_path / "t.xlsx")
    assert path is None and errors(opened.findings) == ["share.a-part"]


def test_what_is_added_to_the_joint_workbook_itself_is_kept(joint, tmp_path):
    plan = tasks.load(joint.path).plan
    from icbudget.plan.comment import Comment

    said = Comment(partner="icb", id="1", text="Why 90?")
    path = tasks.convert_plan(
        plan.model_copy(update={"comments": (said,)}), tmp_path / "joint.yaml"
    )
    again = tasks.merge_parts(path, [], tmp_path / "again.yaml", on=DAY)
    assert tasks.load(again.path).plan.comments == (said,)
    settled = said.model_copy(update={"state": "settled", "settled_by": "C D"})
    path = tasks.convert_plan(
        tasks.load(again.path).plan.model_copy(update={"comments": (settled,)}),
        tmp_path / "settled.yaml",
    )
    again = tasks.merge_parts(path, [], tmp_path / "more.yaml", on=DAY)
    assert tasks.load(again.path).plan.comments == (settled,)


def test_a_late_part_of_the_first_round_never_overwrites_the_second(work, parts, tmp_path):
    council, icb = parts
    tasks.merge_parts(work / "plan.xlsx", [council], tmp_path / "joint.yaml", on=DAY)
    tasks.share(tmp_path / "joint.yaml", "council", tmp_path / "two.yaml", on=DAY)
    two = tasks.load(tmp_path / "two.yaml").plan
    rows = (two.goals[0].model_copy(update={"target": 70.0}),)
    path = tasks.convert_plan(two.model_copy(update={"goals": rows}), tmp_path / "two-filled.yaml")
    second = tasks.merge_parts(tmp_path / "joint.yaml", [str(path)], tmp_path / "j2.yaml", on=DAY)
    assert tasks.load(second.path).plan.goals[0].target == 70
    # The ICB's part is of the plan of the first round, where the target was 90.
    late = tasks.merge_parts(second.path, [icb], tmp_path / "j3.yaml", on=DAY)
    plan = tasks.load(late.path).plan
    assert plan.goals[0].target != 85
    assert [unit.table for unit, _ in still_open(late.outcomes)] == ["goals"]
    # Its own money is as it was, so what it asks for counts.
    assert [row.base_amount for row in plan.contributions] == [Decimal(1100), Decimal(600)]
