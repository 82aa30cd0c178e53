"""A server is set up completely or not at all, and everything that is missing is told at once."""

from __future__ import annotations

import pytest

from icbudget.excel.server.settings import Settings, read_settings

GOOD = {
    "XLWINGS_LICENSE_KEY": "noncommercial",
    "ICBUDGET_SERVER_PRODUCTION": "1",
    "ICBUDGET_SERVER_HOSTNAME": "icbudget.example.nhs.uk",
    "ICBUDGET_SERVER_TENANT": "11111111-2222-3333-4444-555555555555",
    "ICBUDGET_SERVER_CLIENT": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
}


def test_production_needs_host_tenant_and_app_and_says_so_at_once():
    told, wrong = read_settings({"ICBUDGET_SERVER_PRODUCTION": "yes"})
    assert told is None
    assert [line.split(":")[0] for line in wrong] == [
        "XLWINGS_LICENSE_KEY",
        "ICBUDGET_SERVER_HOSTNAME",
        "ICBUDGET_SERVER_TENANT",
        "ICBUDGET_SERVER_CLIENT",
    ]
    assert "PolyForm Noncommercial" in wrong[0]


def test_good_settings_are_taken():
    told, wrong = read_settings(GOOD)
    assert wrong == []
    assert (told.hosts, told.role, told.web_origins) == (
        ("icbudget.example.nhs.uk",),
        "icbudget.user",
        (),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOSTNAME", "https://icbudget.example.nhs.uk"),
        ("HOSTNAME", "localhost"),
        ("TENANT", "common"),
        ("TENANT", "organizations"),
        ("CLIENT", "icbudget"),
        ("WEB_ORIGINS", "*"),
        ("WEB_ORIGINS", "http://excel.example.com"),
        ("WEB_ORIGINS", "https://*"),
        ("WEB_ORIGINS", "https://a.example.com/path"),
        ("BODY_LIMIT", "lots"),
        ("BODY_LIMIT", "0"),
        ("KEYS", "not-there.json"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    told, wrong = read_settings(GOOD | {f"ICBUDGET_SERVER_{name}": value})
    assert told is None
    assert len(wrong) == 1
    assert wrong[0].startswith(f"ICBUDGET_SERVER_{name}: ")


def test_without_production_it_answers_this_machine_alone():
    told, wrong = read_settings({"XLWINGS_LICENSE_KEY": "x"})
    assert wrong == []
    assert told == Settings()
    assert told.hosts == ("localhost", "127.0.0.1")
