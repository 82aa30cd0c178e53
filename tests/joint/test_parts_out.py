"""Which parts are out, and a History that is held against other copies of the plan."""

from __future__ import annotations

import datetime as dt

import pytest

from icbudget import tasks
from icbudget.joint.chain import entry_hash, with_entry
from icbudget.joint.part_plan import base_rows
from icbudget.joint.plan_as_cells import as_tables
from icbudget.plan.identity import figures_hash, plan_hash
from icbudget.signing.plan_state import plan_state
from tests.cli.test_all_commands import call
from tests.joint.test_joint_work import AMOUNT, COUNCIL, DAY, PLAN, errors, filled
from tests.workbook.hostile import bomb, with_link

LATER = dt.date(2026, 12, 4)


def state(path):
    plan = tasks.load(path).plan
    told = plan_state(plan, ())
    return told.state, told.why.partition(";")[0]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """Both parts given out at once, and the copy of the plan that records it."""
    folder = tmp_path_factory.mktemp("shared")
    outs = {who: folder / f"{who}.xlsx" for who in ("council", "icb")}
    opened, written = tasks.share_parts(PLAN, outs, record=folder / "shared.xlsx", on=DAY, by="A B")
    assert not errors(opened.findings) and len(written) == 3
    return folder


@pytest.fixture(scope="module")
def one_in(shared):
    """The council's part merged; the ICB's still out."""
    part = filled(shared / "council.xlsx", shared / "c.xlsx", ("Funding", COUNCIL, AMOUNT, 600))
    merged = tasks.merge_parts(shared / "shared.xlsx", [str(part)], shared / "joint.yaml", on=LATER)
    assert merged.path is not None, merged.findings
    return merged.path


def test_a_plan_says_which_of_its_parts_are_out(shared, one_in, tmp_path):
    assert state(PLAN)[0] == "draft"
    assert state(shared / "shared.xlsx") == ("parts out", "0 of 2 parts are in")
    assert state(one_in) == ("parts out", "1 of 2 parts are in")
    part = str(shared / "icb.xlsx")
    both = tasks.merge_parts(one_in, [part], tmp_path / "both.yaml", on=LATER)
    assert state(both.path)[0] == "merged"
    rows = tasks.load(both.path).plan.parts
    assert {(row.partner, row.number, row.state) for row in rows} == {
        ("council", 1, "in"),
        ("icb", 1, "in"),
    }


def test_the_plan_that_was_shared_stays_as_it_is(shared):
    whole, record = tasks.load(PLAN).plan, tasks.load(shared / "shared.xlsx").plan
    assert not whole.parts and not whole.history
    assert figures_hash(whole) == figures_hash(record)
    assert [(e.what, e.partner) for e in record.history] == [
        ("shared", "council"),
        ("shared", "icb"),
    ]


def test_parts_are_shared_from_the_command_line(tmp_path, capsys):
    told = ("share", str(PLAN), "--partner", "council", "--partner", "icb", "--out")
    record = tmp_path / "shared.yaml"
    code, out, _ = call(capsys, *told, str(tmp_path / "parts"), "--record", str(record))
    assert code == 0 and out.count("Wrote") == 3
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == [
        "council.xlsx",
        "icb.xlsx",
    ]
    # One part without a record, and what that means.
    code, out, _ = call(
        capsys, "share", str(PLAN), "--partner", "icb", "--out", str(tmp_path / "i.yaml")
    )
    assert code == 0 and "stays a draft" in out


def rechained(plan, number, **changed):
    """The plan with one entry of its History told otherwise, and every hash made anew."""
    entries, before = [], ""
    for entry in plan.history:
        told = changed if entry.number == number else {}
        entry = entry.model_copy(update={**told, "before": before})
        entry = entry.model_copy(update={"entry": entry_hash(entry)})
        before = entry.entry
        entries.append(entry)
    return plan.model_copy(update={"history": tuple(entries)})


def verified(path, against=None):
    return [f.id for f in tasks.history(path, verify=True, against=against)[0].findings]


def test_a_chain_made_anew_is_told_by_another_copy_alone(one_in, shared, tmp_path):
    plan = tasks.load(one_in).plan
    forged = tasks.convert_plan(rechained(plan, 2, by="Somebody"), tmp_path / "forged.yaml")
    # By itself it is a sound chain: nobody without another copy can know.
    assert verified(forged) == ["history.borne-out"]
    # The ICB's part was given the first entry alone, the council's none: both are as they were.
    assert verified(one_in, shared / "icb.xlsx") == ["history.borne-out", "history.same"]
    assert verified(one_in, shared / "shared.xlsx") == ["history.borne-out", "history.same"]
    # The record that the host keeps has the second entry.
    assert verified(forged, shared / "shared.xlsx") == ["history.borne-out", "history.differs"]
    opened, _ = tasks.history(forged, against=shared / "shared.xlsx")
    assert "Somebody" in opened.findings[-1].message and "A B" in opened.findings[-1].message
    # Entry 1 made anew is seen in what the ICB was given.
    first = tasks.convert_plan(rechained(plan, 1, by="Somebody"), tmp_path / "first.yaml")
    assert verified(first, shared / "icb.xlsx")[-1] == "history.differs"


def test_an_entry_made_up_at_the_end_is_told_by_the_later_copy(one_in, tmp_path):
    plan = tasks.load(one_in).plan
    shorter = plan.model_copy(update={"history": plan.history[:-1]})
    made_up = with_entry(shorter, "agreed", partner="icb", by="Nobody", on="2026-12-05")
    path = tasks.convert_plan(made_up, tmp_path / "made-up.yaml")
    assert verified(path) == ["history.borne-out"]
    assert verified(path, one_in)[-1] == "history.differs"
    # Where the copy has only less, it can not say; where it has more, that is told.
    cut = tasks.convert_plan(shorter, tmp_path / "cut.yaml")
    opened, _ = tasks.history(cut, against=one_in)
    assert "1 more" in opened.findings[-1].message


def test_a_merge_compares_what_each_part_was_given(shared, one_in, tmp_path):
    part = str(shared / "icb.xlsx")
    forged = tasks.convert_plan(
        rechained(tasks.load(shared / "shared.xlsx").plan, 1, by="X"), tmp_path / "forged.yaml"
    )
    merged = tasks.merge_parts(forged, [part], tmp_path / "j.yaml", on=LATER)
    told = [f for f in merged.findings if f.id == "merge.history-differs"]
    assert merged.path and len(told) == 1 and "Entry 1" in told[0].message
    # The part as it was given says nothing.
    merged = tasks.merge_parts(one_in, [part], tmp_path / "k.yaml", on=LATER)
    assert "merge.history-differs" not in [f.id for f in merged.findings]


def test_a_broken_chain_stops_a_merge(shared, tmp_path):
    plan = tasks.load(shared / "shared.xlsx").plan
    first = plan.history[0].model_copy(update={"by": "Somebody"})
    broken = plan.model_copy(update={"history": (first, *plan.history[1:])})
    path = tasks.convert_plan(broken, tmp_path / "broken.yaml")
    merged = tasks.merge_parts(path, [str(shared / "icb.xlsx")], tmp_path / "j.yaml", on=LATER)
    assert merged.path is None and "history.broken" in errors(merged.findings)
    part = tasks.load(shared / "icb.xlsx").plan
    first = part.history[0].model_copy(update={"by": "Somebody"})
    broken = part.model_copy(update={"history": (first, *part.history[1:])})
    path = tasks.convert_plan(broken, tmp_path / "icb.yaml")
    merged = tasks.merge_parts(shared / "shared.xlsx", [str(path)], tmp_path / "j.yaml", on=LATER)
    assert merged.path is None and errors(merged.findings) == ["history.broken"]


def with_another_base(part, amount):
    """A part whose base was changed, with every hash of it made anew."""
    from icbudget.joint.part_plan import base_of, base_plan

    tables = base_of(part)
    first = next(iter(tables["contributions"].values()))
    first["base_amount"] = first["base_amount"] + amount
    base = base_plan(tables, part)
    says = part.this_part[0].model_copy(update={"view": plan_hash(base)})
    return part.model_copy(update={"this_part": (says,), "base_rows": base_rows(as_tables(base))})


def test_a_base_made_anew_is_refused_by_what_the_host_recorded(shared, tmp_path):
    part = with_another_base(tasks.load(shared / "icb.xlsx").plan, 1)
    path = tasks.convert_plan(part, tmp_path / "icb.yaml")
    for base in (PLAN, shared / "shared.xlsx"):
        merged = tasks.merge_parts(base, [str(path)], tmp_path / "j.yaml", on=LATER)
        assert merged.path is None and errors(merged.findings) == ["merge.base-changed"]


def test_an_older_base_made_anew_is_refused_by_its_hash(one_in, shared, tmp_path):
    # Two rounds later the plan of the first is known by its hash in History alone.
    path = one_in
    for number in (2, 3):
        again = tmp_path / f"council-{number}.yaml"
        tasks.share(path, "council", again, on=LATER)
        plan = tasks.load(again).plan
        goal = plan.goals[0].model_copy(update={"target": 80.0 - number})
        tasks.convert_plan(plan.model_copy(update={"goals": (goal,)}), again, overwrite=True)
        path = tasks.merge_parts(path, [str(again)], tmp_path / f"j{number}.yaml", on=LATER).path
    rows = tasks.load(path).plan.parts
    bare = tasks.load(path).plan.model_copy(
        update={"parts": tuple(row for row in rows if row.partner != "icb")}
    )
    unrecorded = tasks.convert_plan(bare, tmp_path / "unrecorded.yaml")
    honest = tasks.merge_parts(
        unrecorded, [str(shared / "icb.xlsx")], tmp_path / "a.yaml", on=LATER
    )
    assert honest.path is not None
    part = with_another_base(tasks.load(shared / "icb.xlsx").plan, 1)
    forged = tasks.convert_plan(part, tmp_path / "icb.yaml")
    for base in (path, unrecorded):
        merged = tasks.merge_parts(base, [str(forged)], tmp_path / "b.yaml", on=LATER)
        assert merged.path is None and errors(merged.findings) == ["merge.base-changed"]


def test_the_differences_are_told_as_compare_tells_them(shared, tmp_path):
    part = filled(shared / "council.xlsx", tmp_path / "c.xlsx", ("Funding", COUNCIL, AMOUNT, 600))
    base, page = shared / "shared.xlsx", tmp_path / "page"
    merged = tasks.merge_parts(base, [str(part)], tmp_path / "j.yaml", on=LATER, page=page)
    assert sorted(path.name for path in merged.pages) == [
        "shared-to-j.csv",
        "shared-to-j.html",
        "shared-to-j.pdf",
    ]
    text = (page / "shared-to-j.html").read_text(encoding="utf-8")
    # One figure changed; that the plan was merged is no change of it.
    assert "1 change of figures" in text and "£500 → £600" in text
    assert "History" not in text and "Base held" not in text
    # A page that is there is not written over, and then nothing is.
    (page / "shared-to-k.pdf").write_text("mine")
    with pytest.raises(FileExistsError):
        tasks.merge_parts(base, [str(part)], tmp_path / "k.yaml", on=LATER, page=page)
    assert not (tmp_path / "k.yaml").exists()


def test_a_part_with_a_hostile_file_is_refused_in_one_line(shared, tmp_path):
    for name, content in (("bomb", bomb()), ("link", with_link("externalLink", "http://x.test/"))):
        (tmp_path / f"{name}.xlsx").write_bytes(content)
        part = f"council={tmp_path / name}.xlsx"
        merged = tasks.merge_parts(shared / "shared.xlsx", [part], tmp_path / "j.yaml", on=LATER)
        assert merged.path is None and len(errors(merged.findings)) == 1, name
        assert not (tmp_path / "j.yaml").exists()


RATE = "2027/28: 0.015505577840456697"
RATES = f"indices:\n- {{id: grow, rates: {{{RATE}}}}}\n"


def fewer_digits(path, target):
    """A plan as LibreOffice saves it: numbers with 15 digits, what is kept as text as it was."""
    text = path.read_text(encoding="utf-8")
    assert RATE in text
    target.write_text(text.replace(RATE, "2027/28: 0.0155055778404567"), "utf-8")
    return target


def test_workbooks_that_libreoffice_saved_are_as_they_were_given(tmp_path):
    """Parts, the joint workbook with its choices, and the plan itself: nothing was changed."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN.read_text() + RATES)
    tasks.share(plan, "icb", tmp_path / "icb.yaml", on=DAY)
    part = fewer_digits(tmp_path / "icb.yaml", tmp_path / "icb-saved.yaml")
    host = fewer_digits(plan, tmp_path / "host-saved.yaml")
    for base in (plan, host):
        merged = tasks.merge_parts(base, [str(part)], tmp_path / "j.yaml", on=DAY, overwrite=True)
        assert merged.path and not merged.outcomes and not merged.differences, base
    merged = tasks.merge_parts(plan, [str(part)], tmp_path / "joint.yaml", on=DAY)
    saved = fewer_digits(merged.path, tmp_path / "joint-saved.yaml")
    again = tasks.merge_parts(saved, [], tmp_path / "again.yaml", on=DAY)
    assert again.path and not errors(again.findings)
    assert tasks.load(again.path).plan.indices == tasks.load(plan).plan.indices
