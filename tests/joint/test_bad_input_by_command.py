"""Every kind of bad input to joint work, as files through the command line.

Each is a finding or one clear line; what was read stays as it was, and nothing half merged is left.
The rules themselves are tested cell by cell elsewhere.
"""

from __future__ import annotations

import openpyxl
import pytest

from icbudget import tasks
from tests.checks.clean import NHS, YEARS, clean
from tests.checks.test_confirmed_release_rows import CONFIRMED
from tests.cli.test_all_commands import call
from tests.joint.test_bad_parts import LEAD, NEW, added, with_formula
from tests.joint.test_joint_work import AMOUNT, COUNCIL, ICB, PLAN, cell_of, filled
from tests.signing.plans import PASSPHRASE, written
from tests.workbook.hostile import bomb, entities, with_link
from tests.workbook.opened import with_sheets

DAY = ("--on", "2026-11-30")
FALLS = {"Goal": "falls"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """The plan shared by command: a record of the parts that are out, and both parts."""
    folder = tmp_path_factory.mktemp("shared")
    outs = {who: folder / f"{who}.xlsx" for who in ("council", "icb")}
    tasks.share_parts(PLAN, outs, record=folder / "plan.xlsx")
    return folder


@pytest.fixture
def merge(shared, tmp_path, capsys):
    """Merge parts by command; what was read has to be the same afterwards.

    Returns the exit code, all that was printed, and the joint plan or None.
    """

    def run(*parts, base=None, more=(), out="joint.yaml"):
        read = [base or shared / "plan.xlsx", *parts]
        files = {path: path.read_bytes() for path in read}
        out = tmp_path / out
        words = ["merge", *map(str, read), "--out", str(out), *DAY, *more]
        code, printed, fault = call(capsys, *words)
        assert {path: path.read_bytes() for path in read} == files
        # Nothing but what was there and the joint workbook: no half of one is left.
        assert not [path for path in tmp_path.iterdir() if path.suffix in ("", ".part")]
        plan = tasks.load(out).plan if out.exists() else None
        return code, " ".join((printed + fault).split()), plan

    return run


def refused_in_one_line(outcome):
    code, said, plan = outcome
    assert code != 0 and plan is None, said
    assert "1 error" in said, said
    return said


def test_a_part_of_another_plan(merge, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(PLAN.read_text().replace("base_amount: 1000", "base_amount: 2000"))
    tasks.share(other, "icb", tmp_path / "icb.xlsx")
    said = refused_in_one_line(merge(tmp_path / "icb.xlsx"))
    assert "icb.xlsx was not made from Joint plan" in said
    assert "with --two-way all its differences become proposals" in said


def test_a_part_of_another_base_of_the_same_plan(merge, shared, tmp_path):
    """A part whose base is one that this plan never was: a second plan that went its own way."""
    merged = tasks.merge_parts(
        shared / "plan.xlsx",
        [
            str(
                filled(
                    shared / "council.xlsx",
                    tmp_path / "c.xlsx",
                    ("Funding", COUNCIL, AMOUNT, 600),
                )
            )
        ],
        tmp_path / "first.yaml",
    )
    tasks.share(merged.path, "icb", tmp_path / "later.xlsx")
    said = refused_in_one_line(merge(tmp_path / "later.xlsx"))
    assert "its base is not known here" in said
    # The plan that it was made from takes it.
    code, _, plan = merge(tmp_path / "later.xlsx", base=merged.path)
    assert code == 0 and [row.base_amount for row in plan.contributions] == [1000, 600]


def test_a_key_that_was_typed_over(merge, shared, tmp_path):
    """Without a record the row is known by its cells; with another cell changed it is not."""
    part = filled(
        shared / "icb.xlsx", tmp_path / "i.xlsx", ("Schemes", {"Scheme": "1"}, "Scheme", "7")
    )
    code, said, plan = merge(part)
    assert code == 0 and [row.id for row in plan.schemes] == ["7", "2"], said
    both = filled(part, tmp_path / "both.xlsx", ("Schemes", {"Scheme": "7"}, AMOUNT, 990))
    code, said, plan = merge(both, out="both.yaml")
    assert [(row.id, row.base_amount) for row in plan.schemes] == [("2", 500), ("7", 990)]
    assert "Schemes 7, 1 of icb looks like the row that was Schemes 1, 1" in said


def test_a_key_that_is_taken(shared, tmp_path, capsys):
    words = ("--table", "Schemes", "--from", "1", "--to", "2", "--out", str(tmp_path / "x.xlsx"))
    code, said, _ = call(capsys, "rekey", str(shared / "icb.xlsx"), *words)
    assert code != 0 and not (tmp_path / "x.xlsx").exists() and "2" in said


def test_a_row_deleted_by_one_and_changed_by_another(merge, shared, tmp_path):
    book = openpyxl.load_workbook(shared / "council.xlsx")
    for cell in book["Goals"][cell_of(book["Goals"], FALLS, "Target").row]:
        cell.value = None
    book.save(tmp_path / "c.xlsx")
    icb = filled(shared / "icb.xlsx", tmp_path / "i.xlsx", ("Goals", FALLS, "Target", 85))
    code, said, plan = merge(tmp_path / "c.xlsx", icb)
    assert code == 1 and plan.goals[0].target == 85
    assert "deleted by one and changed by another" in said


def test_two_add_one_key(merge, shared, tmp_path):
    parts = []
    for who, amount in (("council", 10), ("icb", 20)):
        book = openpyxl.load_workbook(shared / f"{who}.xlsx")
        below = {"Scheme": "2"}, LEAD
        added(book["Schemes"], NEW | {AMOUNT: amount}, below=below)
        book.save(tmp_path / f"{who}.xlsx")
        parts.append(tmp_path / f"{who}.xlsx")
    code, said, plan = merge(*parts)
    assert code == 1 and [row.id for row in plan.schemes] == ["1", "2"]
    assert "Schemes 3, 1: the row" in said and "£10" in said and "£20" in said


def test_a_handover_by_one_alone(merge, shared, tmp_path):
    edit = ("Schemes", {"Scheme": "2"}, LEAD, "icb")
    part = filled(shared / "council.xlsx", tmp_path / "c.xlsx", edit)
    code, said, plan = merge(part)
    assert code == 0 and plan.schemes[1].lead_partner == "council"
    assert "only where the old and the new owner both ask" in said


def test_a_formula_in_an_input_cell(merge, shared, tmp_path):
    cell = cell_of(with_sheets(shared / "icb.xlsx", "Funding")["Funding"], ICB, AMOUNT)
    edit = ("Funding", ICB, AMOUNT, 990)
    part = filled(shared / "icb.xlsx", tmp_path / "i.xlsx", edit)
    sheets = openpyxl.load_workbook(part, read_only=True).sheetnames
    with_formula(part, sheets.index("Funding") + 1, cell.coordinate, "1000-10")
    code, said, plan = merge(part, out="joint.xlsx")
    assert code == 0 and plan.contributions[0].base_amount == 990, said
    carried = cell_of(with_sheets(tmp_path / "joint.xlsx", "Funding")["Funding"], ICB, AMOUNT)
    assert carried.value == "=1000-10"


def test_a_formula_that_was_saved_without_its_result(merge, shared, tmp_path):
    edit = ("Funding", ICB, AMOUNT, "=1000-10")
    part = filled(shared / "icb.xlsx", tmp_path / "i.xlsx", edit)
    said = refused_in_one_line(merge(part))
    assert "formula that was saved without its result" in said and "Funding" in said


def test_own_sheets_of_one_name(merge, shared, tmp_path):
    parts = [
        filled(shared / f"{who}.xlsx", tmp_path / f"{who}.xlsx", sheets=[("Notes", [[who]])])
        for who in ("council", "icb")
    ]
    code, said, _ = merge(*parts, out="joint.xlsx")
    book = openpyxl.load_workbook(tmp_path / "joint.xlsx")
    assert code == 0 and "Two sheets are called Notes" in said
    held = {name: book[name]["A1"].value for name in book.sheetnames if name.startswith("Notes")}
    assert sorted(held.values()) == ["council", "icb"] and len(held) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bomb", bomb()),
        ("link", with_link("externalLink", "http://x.test/")),
        ("entities", entities('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>')),
        ("text", b"hello"),
        ("empty", b""),
    ],
)
def test_a_part_with_a_hostile_file(merge, shared, tmp_path, name, content):
    part = tmp_path / "council.xlsx"
    part.write_bytes(content)
    said = refused_in_one_line(merge(part, shared / "icb.xlsx"))
    assert "council.xlsx" in said


def test_a_part_that_is_not_there(merge, shared, tmp_path, capsys):
    words = ("merge", str(shared / "plan.xlsx"), str(tmp_path / "no.xlsx"))
    code, out, fault = call(capsys, *words, "--out", str(tmp_path / "j.xlsx"))
    assert code != 0 and "no.xlsx" in out + fault and not list(tmp_path.iterdir())


def test_a_joint_workbook_that_is_there_is_not_written_over(shared, tmp_path, capsys):
    there = tmp_path / "joint.xlsx"
    there.write_text("mine")
    words = ("merge", str(shared / "plan.xlsx"), str(shared / "icb.xlsx"), "--out", str(there))
    code, out, fault = call(capsys, *words)
    assert code != 0 and there.read_text() == "mine" and "--overwrite" in out + fault


def test_a_tampered_history(shared, tmp_path, capsys):
    """An entry typed over in the workbook: the chain says which, and the merge stops."""
    edit = ("History", {"Entry": "1"}, "Done by", "Somebody else")
    forged = filled(shared / "plan.xlsx", tmp_path / "forged.xlsx", edit)
    code, said, _ = call(capsys, "history", str(forged), "--verify")
    assert code == 1 and "Entry 1 does not fit" in " ".join(said.split())
    out = tmp_path / "joint.xlsx"
    words = ("merge", str(forged), str(shared / "icb.xlsx"), "--out", str(out))
    code, said, _ = call(capsys, *words)
    assert code != 0 and not out.exists() and "Entry 1 does not fit" in " ".join(said.split())


MONEY = ("Funding", {"Partner": "icb", "Source of funding": NHS}, "Base amount (£)")
SIGNED = {"Name": "A Signatory"}
BY_A = "A Signatory, Section 151 officer of Council, 2026-06-30:"


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    """A plan with a release, signed by the council's section 151 officer with a key."""
    folder = tmp_path_factory.mktemp("signed")
    document = clean()
    document["setup"] |= {"monitored_year": YEARS[0], "monitored_month": 6}
    document["confirmed_releases"] = [CONFIRMED]
    tasks.new_key(folder / "council.pem", PASSPHRASE)
    (folder / "words").write_text(PASSPHRASE + "\n")
    made = tasks.sign(
        written(folder, document),
        folder / "signed.xlsx",
        office="section 151 officer",
        name="A Signatory",
        key=folder / "council.pem",
        passphrase=PASSPHRASE,
        published="Minute 1",
        on="2026-06-30",
    )
    assert made.written, [str(f) for f in made.opened.findings]
    return folder / "signed.xlsx"


@pytest.fixture
def verified(signed, tmp_path, capsys):
    """What verify says of the signed workbook with cells typed over, and what check says."""

    def run(*edits):
        path = filled(signed, tmp_path / "typed.xlsx", *edits)
        _, said, _ = call(capsys, "verify", str(path))
        code, told, _ = call(capsys, "check", str(path))
        return " ".join(said.split()), code, " ".join(told.split())

    return run


def test_a_signature_on_an_older_hash(verified):
    """£4,000 more in each of three years: one figure, £12,000."""
    said, _, told = verified((*MONEY, 1_004_000))
    void = "void; changed since: 1 figure, £12,000 of contributions"
    assert f"{BY_A} {void}" in said and "changed since: 1 figure, £12,000" in told
    said, _, _ = verified((*MONEY, 1_000_000))
    assert f"{BY_A} holds" in said


def test_a_forged_key(verified, tmp_path):
    """The public key on Keys is another's: the signature is not that of its holder."""
    other = tasks.new_key(tmp_path / "other.pem", PASSPHRASE)
    said, code, told = verified(("Keys", {"Partner": "council"}, "Public key", other.public_key))
    wrong = "was not made over this statement with the key"
    assert code == 1 and wrong in said and wrong in told


@pytest.mark.parametrize(
    ("column", "value"),
    [("Name", "B Forger"), ("Date", "2026-07-01"), ("Signature", "A" * 88), ("Statement", None)],
)
def test_a_tampered_statement(verified, signed, column, value):
    if column == "Statement":
        cell = cell_of(with_sheets(signed, "Sign-off")["Sign-off"], SIGNED, column)
        value = cell.value.replace("A Signatory", "B Signatory", 1)
        assert value != cell.value
    said, code, told = verified(("Sign-off", SIGNED, column, value))
    assert "not valid" in said and code == 1, (said, told)


RELEASE = {"Programme": "falls"}
AT_RELEASES = "Confirmed releases"


def test_a_release_confirmed_by_its_claimant(verified):
    said, _, told = verified((AT_RELEASES, RELEASE, "Confirmed by", "A Ahmed"))
    assert "it was confirmed by the person who claimed it" in told or "claimed it" in told
    assert f"{BY_A} holds" in said


def test_a_release_confirmed_twice(signed, tmp_path, capsys):
    """The same amount with the same evidence under the next line: the second counts for nothing."""
    book = openpyxl.load_workbook(signed)
    page = book[AT_RELEASES]
    first = cell_of(page, RELEASE, "Programme").row
    headings = {cell.value: cell.column for cell in page[5]}
    for heading, column in headings.items():
        value = page.cell(first, column).value
        page.cell(first + 1, column).value = 2 if heading == "Line" else value
    book.save(tmp_path / "twice.xlsx")
    _, told, _ = call(capsys, "check", str(tmp_path / "twice.xlsx"))
    told = " ".join(told.split())
    assert "an earlier row has the same release with the same evidence" in told
    _, report, _ = call(capsys, "benefits", str(tmp_path / "twice.xlsx"))
    assert "2,000" not in report.replace("£", "")
