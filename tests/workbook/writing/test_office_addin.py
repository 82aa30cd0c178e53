"""The parts of a workbook that names the add-in, against what Excel wrote itself.

What Excel wrote was read out of `tests/e2e_custom_functions.xlsx` of xlwings-server, saved by Excel
for Mac; only ids, the store and the names of functions differ here, and they are put into the
expected text by hand.
"""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from icbudget.workbook.reading.read_plan import read_workbook
from icbudget.workbook.writing.build import blank_plan
from icbudget.workbook.writing.office_addin import ADD_IN_ID, for_add_in
from tests.rebuild import workbook

FROM_EXCEL = {
    "xl/webextensions/taskpanes.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<wetp:taskpanes'
        ' xmlns:wetp="http://schemas.microsoft.com/office/webextensions/taskpanes/2010/11"><wetp:taskpane'
        ' dockstate="right" visibility="0" width="350" row="0"><wetp:webextensionref'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
        ' r:id="rId1"/></wetp:taskpane></wetp:taskpanes>'
    ),
    "xl/webextensions/_rels/taskpanes.xml.rels": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships'
        ' xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship'
        ' Id="rId1" Type="http://schemas.microsoft.com/office/2011/relationships/webextension"'
        ' Target="webextension1.xml"/></Relationships>'
    ),
    "xl/webextensions/webextension1.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        "<we:webextension"
        ' xmlns:we="http://schemas.microsoft.com/office/webextensions/webextension/2010/11"'
        ' id="{PART}">'
        '<we:reference id="ADD-IN" version="1.0.0.0" store="STORE"'
        ' storeType="STORE"/><we:alternateReferences/><we:properties/>'
        "<we:bindings/><we:snapshot"
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/><we:extLst>'
        '<a:ext xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        ' uri="{D87F86FE-615C-45B5-9D79-34F1136793EB}">'
        "<we:containsCustomFunctions/></a:ext>"
        '<a:ext xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        ' uri="{7C84B067-C214-45C3-A712-C9D94CD141B2}">'
        "<we:customFunctionIdList>FUNCTIONS</we:customFunctionIdList></a:ext></we:extLst></we:webextension>"
    ),
    "xl/metadata.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<metadata'
        ' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        ' xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray"><metadataTypes'
        ' count="1"><metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" pasteAll="1"'
        ' pasteValues="1" merge="1" splitFirst="1" rowColShift="1" clearFormats="1"'
        ' clearComments="1" assign="1" coerce="1" cellMeta="1"/></metadataTypes><futureMetadata'
        ' name="XLDAPR" count="1"><bk><extLst><ext'
        ' uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}"><xda:dynamicArrayProperties fDynamic="1"'
        ' fCollapsed="0"/></ext></extLst></bk></futureMetadata><cellMetadata count="1"><bk><rc'
        ' t="1" v="0"/></bk></cellMetadata></metadata>'
    ),
}
"""What Excel wrote; of metadata.xml without the rich values that our workbooks do not hold."""
STORED = re.compile(
    r'<c r="([A-Z]+\d+)"([^>]*)><f t="array" ref="([A-Z]+\d+)(?::[A-Z]+\d+)?">(?:IFERROR\()?(_xldudf_ICB_\w+)\('
)


@pytest.fixture(scope="module")
def plain():
    return workbook(blank_plan())


@pytest.fixture(scope="module")
def made(plain):
    return for_add_in(plain)


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {
            name: packed.read(name).decode("utf-8", errors="replace") for name in packed.namelist()
        }


@pytest.mark.parametrize("name", FROM_EXCEL)
def test_a_part_is_byte_for_byte_what_excel_writes(made, name):
    told = parts(made)[name]
    told = told.replace(ADD_IN_ID, "ADD-IN").replace("EXCatalog", "STORE")
    told = re.sub(
        r'webextension/2010/11" id="\{[0-9A-F-]+\}"', 'webextension/2010/11" id="{PART}"', told
    )
    told = re.sub(r"(<we:customFunctionIds>\w+</we:customFunctionIds>)+", "FUNCTIONS", told)
    assert told == FROM_EXCEL[name]


def test_the_types_and_the_link_are_those_of_excel(made):
    held = parts(made)
    for part, kind in (("taskpanes", "webextensiontaskpanes"), ("webextension1", "webextension")):
        told = (
            f'<Override PartName="/xl/webextensions/{part}.xml"'
            f' ContentType="application/vnd.ms-office.{kind}+xml"/>'
        )
        assert told in held["[Content_Types].xml"]
    kind = "http://schemas.microsoft.com/office/2011/relationships/webextensiontaskpanes"
    assert f'Type="{kind}" Target="xl/webextensions/taskpanes.xml"/>' in held["_rels/.rels"]
    ids = re.findall(r'Id="(\w+)"', held["_rels/.rels"])
    assert len(set(ids)) == len(ids)


def test_every_formula_is_stored_as_a_dynamic_array_of_the_add_in(made):
    held = parts(made)
    found = [
        hit
        for name, text in held.items()
        if name.startswith("xl/worksheets/sheet")
        for hit in STORED.findall(text)
    ]
    ids = [id.removeprefix("_xldudf_") for *_, id in found]
    # Of What-if only calls that a formula opens with are found: what is tried, and the
    # outcomes, once of the plan and once of what is tried: 2.
    # Nine answers of pool and shift, Checks and Any answer: 9 + 2 = 11.
    assert sorted(ids) == [*["ICB_FIGURE"] * 2, "ICB_PLAN", *["ICB_TABLE"] * 11, "ICB_WITH"]
    for cell, attributes, first, _ in found:
        assert cell == first
        assert ' cm="1"' in attributes
    listed = re.findall(
        r"<we:customFunctionIds>_xldudf_(\w+)<", held["xl/webextensions/webextension1.xml"]
    )
    assert listed == ["ICB_FIGURE", "ICB_PLAN", "ICB_TABLE", "ICB_UPLIFT", "ICB_WITH"]
    sheets = "".join(text for name, text in held.items() if name.startswith("xl/worksheets/sheet"))
    assert not [
        f
        for f in re.findall(r"<f[^>]*>([^<]*)</f>", sheets)
        if re.search(r"(?<!_xldudf_)\bICB_", f)
    ]


def test_nothing_else_of_the_workbook_changes(plain, made):
    before, after = parts(plain), parts(made)
    assert set(after) - set(before) == {n for n in FROM_EXCEL if "webext" in n}
    for name, text in before.items():
        if name not in ("[Content_Types].xml", "_rels/.rels"):
            assert after[name].replace("_xldudf_", "") == text
    assert for_add_in(plain) == made


def test_it_is_read_like_any_other(made, tmp_path):
    path = tmp_path / "office.xlsx"
    path.write_bytes(made)
    draft = read_workbook(path)
    assert draft.plan == blank_plan()
    assert draft.findings == []
