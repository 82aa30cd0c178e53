"""The manifest that an administrator uploads: what Microsoft's schema asks for, in its order,
pointing at this server.
"""

from __future__ import annotations

import json
import re
import struct
import xml.etree.ElementTree as ET

import pytest

from icbudget.excel.server.settings import PROJECT
from icbudget.workbook.writing.office_addin import ADD_IN_ID, ADD_IN_VERSION
from tests.excel.server.running import Server

pytestmark = pytest.mark.program("server")
APP = "{http://schemas.microsoft.com/office/appforoffice/1.1}"
OVER = "{http://schemas.microsoft.com/office/taskpaneappversionoverrides}"
BASIC = "{http://schemas.microsoft.com/office/officeappbasictypes/1.0}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    from tests.excel.server import signing

    with Server(signing.settings(tmp_path_factory.mktemp("keys"))) as running:
        status, headers, body = running.get("/manifest/download")
        assert status == 200
        assert "icbudget-prod.xml" in headers["content-disposition"]
        return ET.fromstring(body)


def names(element):
    return [child.tag.split("}")[1] for child in element]


def test_its_parts_stand_in_the_schema_s_order(manifest):
    assert manifest.tag == f"{APP}OfficeApp"
    assert manifest.get(TYPE) == "TaskPaneApp"
    assert names(manifest) == [
        *(
            "Id",
            "Version",
            "ProviderName",
            "DefaultLocale",
            "DisplayName",
            "Description",
            "IconUrl",
            "HighResolutionIconUrl",
        ),
        *(
            "SupportUrl",
            "AppDomains",
            "Hosts",
            "Requirements",
            "DefaultSettings",
            "Permissions",
            "VersionOverrides",
        ),
    ]
    over = manifest.find(f"{OVER}VersionOverrides")
    assert over.get(TYPE) == "VersionOverridesV1_0"
    assert names(over) == ["Hosts", "Resources", "WebApplicationInfo"]
    assert names(over.find(f"{OVER}Hosts/{OVER}Host")) == [
        "Runtimes",
        "AllFormFactors",
        "DesktopFormFactor",
    ]
    assert names(over.find(f"{OVER}Resources")) == ["Images", "Urls", "ShortStrings", "LongStrings"]


def test_it_is_the_add_in_that_workbooks_name(manifest):
    assert manifest.findtext(f"{APP}Id") == ADD_IN_ID
    assert manifest.findtext(f"{APP}Version") == ADD_IN_VERSION


def test_functions_have_no_namespace_and_share_the_pane_s_runtime(manifest):
    point = manifest.find(f".//{OVER}AllFormFactors/{OVER}ExtensionPoint")
    assert point.get(TYPE) == "CustomFunctions"
    assert names(point) == ["Script", "Page", "Metadata"]
    assert manifest.find(f".//{OVER}Runtime").attrib == {"resid": "Pane.Url", "lifetime": "long"}
    assert manifest.find(f".//{APP}Set").attrib == {"Name": "SharedRuntime", "MinVersion": "1.1"}


def test_every_resource_that_is_used_is_there_and_none_else(manifest):
    given = {e.get("id") for e in manifest.iter() if e.get("id") and e.tag.startswith(BASIC)}
    used = {e.get("resid") for e in manifest.iter() if e.get("resid")}
    assert used == given
    for short in manifest.iter(f"{BASIC}String"):
        limit = 250 if short.get("id").endswith(".Tip") else 125
        assert 0 < len(short.get("DefaultValue")) <= limit
    assert all(len(resid) <= 32 for resid in used)


def test_the_ribbon_has_a_button_for_each_thing_that_the_pane_associates(manifest):
    """In the schema's order; ids differ, and what a button calls is a function of the pane."""
    controls = list(manifest.iter(f"{OVER}Control"))
    for control in controls:
        assert names(control) == ["Label", "Supertip", "Icon", "Action"]
        assert [size.get("size") for size in control.find(f"{OVER}Icon")] == ["16", "32", "80"]
    ids = [e.get("id") for e in manifest.iter() if (e.get("id") or "").startswith("icbudget.")]
    assert len(set(ids)) == len(ids)
    called = [e.text for e in manifest.iter(f"{OVER}FunctionName")]
    code = (PROJECT / "static/js/more.js").read_text(encoding="utf-8")
    listed = re.search(r"for \(const id of (\[[^\]]+\])\)", code)[1]
    assert called == json.loads(listed)
    assert called == [
        "check",
        "what-if-open",
        "simulate",
        "optimise",
        "add-open",
        "compare",
        "report",
        "freeze",
        "help",
    ]
    page = (PROJECT / "templates/taskpane.html").read_text(encoding="utf-8")
    assert all(f'id="{id}"' in page for id in called)
    tab = manifest.find(f".//{OVER}CustomTab")
    assert names(tab) == ["Group", "Label"]
    assert names(tab.find(f"{OVER}Group"))[:2] == ["Label", "Icon"]


def test_every_address_is_this_server_s_and_answers(manifest, server):
    addresses = [
        e.get("DefaultValue")
        for e in manifest.iter()
        if (e.get("DefaultValue") or "").startswith("http")
    ]
    assert len(addresses) >= 10
    for address in addresses:
        assert address.startswith("https://icbudget.example.nhs.uk/")
        path = address.removeprefix("https://icbudget.example.nhs.uk")
        status, _, body = server.get(path)
        assert status == 200, path
        if path.endswith(".png"):
            size = int(path.rsplit("-", 1)[1].removesuffix(".png"))
            assert struct.unpack(">II", body[16:24]) == (size, size)


def test_sign_in_is_for_this_app_on_this_host(manifest):
    from tests.excel.server import signing

    told = manifest.find(f".//{OVER}WebApplicationInfo")
    assert told.findtext(f"{OVER}Id") == signing.CLIENT
    assert told.findtext(f"{OVER}Resource") == f"api://icbudget.example.nhs.uk/{signing.CLIENT}"


def test_on_one_machine_nobody_signs_in(server):
    body = ET.fromstring(server.get("/manifest.xml")[2])
    assert body.find(f".//{OVER}WebApplicationInfo") is None


def test_nothing_of_the_add_in_comes_from_elsewhere():
    for path in (PROJECT / "static").rglob("*.*"):
        if path.suffix in (".js", ".css"):
            text = path.read_text(encoding="utf-8")
            named = re.findall(r"https?://[^\s\"']+", text)
            assert set(named) <= {"http://www.w3.org/2000/svg"}, path.name


CONTENT = {
    "OfficeApp": "Id! AlternateId Version! ProviderName! DefaultLocale! DisplayName! Description!"
    " IconUrl HighResolutionIconUrl SupportUrl! AppDomains Hosts! Requirements DefaultSettings!"
    " Permissions! VersionOverrides",
    "VersionOverrides": "Description Requirements Hosts! Resources! EquivalentAddins"
    " WebApplicationInfo ExtendedPermissions",
    "Runtimes": "Runtime!",
    "AllFormFactors": "ExtensionPoint!",
    "DesktopFormFactor": "GetStarted FunctionFile! ExtensionPoint!",
    "CustomTab": "Group! Label! InsertAfter InsertBefore",
    "Group": "OverriddenByRibbonApi Label! Icon! Control!",
    "Control": "OverriddenByRibbonApi Label! Supertip! Icon! Action! Enabled",
    "Supertip": "Title! Description!",
    "Script": "SourceLocation!",
    "Page": "SourceLocation!",
    "Metadata": "SourceLocation!",
    "Resources": "Images! Urls! ShortStrings! LongStrings!",
    "WebApplicationInfo": "Id! MsaId Resource! Scopes! Authorizations",
}
"""What an element may hold, in its order, with ! where it must: Microsoft's reference of the manifest
(github.com/OfficeDev/office-js-docs-reference, docs/manifest, a page an element, read 2026-12-01). The
manifest was held against Microsoft's schema itself on that day: OfficeAppManifestV1_1.xsd and
TaskPaneAppVersionOverridesV1_0.xsd of github.com/OfficeDev/office-js-docs-pr, docs/overview/schemas,
commit 44b6a98 of 2019, the last that has them. It is valid but for `Runtimes`, which is younger than that
schema and stands where the reference says.
"""
LONGEST = {"ReferenceId": 32, "ShortString": 125, "LongString": 250, "URL": 2048}
"""Characters that the types of that schema allow (OfficeAppBasicTypesV1_0.xsd)."""
ACTIONS = {"ShowTaskpane": ["TaskpaneId", "SourceLocation"], "ExecuteFunction": ["FunctionName"]}


def faults_of(manifest):
    """Return where a manifest departs from the reference, walking every element."""
    faults = []
    for element in manifest.iter():
        name = element.tag.split("}")[1]
        if name == "Action":
            if names(element) != ACTIONS[element.get(TYPE)]:
                faults.append((name, names(element)))
        elif name in CONTENT:
            model = CONTENT[name].split()
            order = [part.rstrip("!") for part in model]
            held = names(element)
            unknown = set(held) - set(order)
            places = [order.index(child) for child in held if child in order]
            missing = [p[:-1] for p in model if p.endswith("!") and p[:-1] not in held]
            if unknown or missing or places != sorted(places):
                faults.append((name, held))
    return faults


def test_every_element_holds_what_microsoft_s_reference_allows_in_its_order(manifest):
    assert faults_of(manifest) == []


def test_a_label_before_its_groups_a_missing_icon_and_a_stranger_would_be_faults(manifest):
    spoiled = ET.fromstring(ET.tostring(manifest))
    tab = spoiled.find(f".//{OVER}CustomTab")
    tab.append(tab[0])
    tab.remove(tab[0])
    control = next(spoiled.iter(f"{OVER}Control"))
    control.remove(control.find(f"{OVER}Icon"))
    ET.SubElement(spoiled.find(f".//{OVER}Resources"), f"{OVER}Fonts")
    assert [name for name, _ in faults_of(spoiled)] == ["CustomTab", "Control", "Resources"]


def test_its_head_is_what_an_administrator_s_centre_takes(manifest):
    """A GUID, a version of four numbers, a locale, https for every address, and words that fit."""
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", manifest.findtext(f"{APP}Id"))
    assert re.fullmatch(r"\d+(\.\d+){3}", manifest.findtext(f"{APP}Version"))
    assert re.fullmatch(r"[a-z]{2}-[A-Z]{2}", manifest.findtext(f"{APP}DefaultLocale"))
    assert 0 < len(manifest.find(f"{APP}DisplayName").get("DefaultValue")) <= 125
    assert 0 < len(manifest.find(f"{APP}Description").get("DefaultValue")) <= 250
    assert manifest.findtext(f"{APP}Permissions") == "ReadWriteDocument"
    for domain in manifest.iter(f"{APP}AppDomain"):
        assert domain.text.startswith("https://")
    ids = [e.get("id") for e in manifest.iter() if e.tag.startswith(OVER) and e.get("id")]
    assert len(ids) == len(set(ids)) and max(map(len, ids)) <= 125


def test_nothing_is_longer_than_the_schema_s_types_allow(manifest):
    resources = manifest.find(f".//{OVER}Resources")
    kinds = {"Images": "URL", "Urls": "URL", "ShortStrings": "ShortString"}
    kinds["LongStrings"] = "LongString"
    for list_of_kind in resources:
        kind = kinds[list_of_kind.tag.split("}")[1]]
        assert len(list_of_kind) > 0
        for resource in list_of_kind:
            assert 0 < len(resource.get("DefaultValue")) <= LONGEST[kind]
            assert 0 < len(resource.get("id")) <= LONGEST["ReferenceId"]
    named = {e.get("resid") for e in manifest.iter() if e.get("resid")}
    assert max(map(len, named)) <= LONGEST["ReferenceId"]


def test_icons_have_the_sizes_that_the_reference_asks_for(manifest):
    """32 and 64 pixels for the list of add-ins; 16, 32 and 80 for every button and group."""
    for element, size in (("IconUrl", 32), ("HighResolutionIconUrl", 64)):
        assert manifest.find(f"{APP}{element}").get("DefaultValue").endswith(f"-{size}.png")
    images = {e.get("id"): e.get("DefaultValue") for e in manifest.iter(f"{BASIC}Image")}
    for icon in manifest.iter(f"{OVER}Icon"):
        for image in icon:
            assert images[image.get("resid")].endswith(f"-{image.get('size')}.png")
