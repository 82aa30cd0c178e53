"""A server is set up completely or not at all, and everything that is missing is told at once."""

from __future__ import annotations

import json
import os

import pytest

from icbudget.excel.server.settings import Settings, read_settings

TENANT = "ICBUDGET_SERVER_TENANT"
GOOD = {
    "XLWINGS_LICENSE_KEY": "noncommercial",
    "ICBUDGET_SERVER_PRODUCTION": "1",
    "ICBUDGET_SERVER_HOSTNAME": "icbudget.example.nhs.uk",
    TENANT: "11111111-2222-3333-4444-555555555555",
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
        ("STORE", "redsi://localhost"),
        ("STORE", "plans.sqlite"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    told, wrong = read_settings(GOOD | {f"ICBUDGET_SERVER_{name}": value})
    assert told is None
    assert len(wrong) == 1
    assert wrong[0].startswith(f"ICBUDGET_SERVER_{name}: ")


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"ICBUDGET_SERVER_PRODUCTION": "no"},
        {"ICBUDGET_SERVER_PRODUCTION": "ture"},
        {"ICBUDGET_SERVER_PRODUCTION": ""},
        {"ICBUDGET_SERVER_PRODUCTON": "1"},
        {"ICBUDGET_SERVER_ANONYMOUS": "please"},
        {"ICBUDGET_SERVER_ANONYMOUS": "yes", "ICBUDGET_SERVER_PRODUCTION": "1"},
        {"ICBUDGET_SERVER_ANONYMOUS": "yes", "ICBUDGET_SERVER_TENANT": GOOD[TENANT]},
        {"ICBUDGET_SERVER_ANONYMOUS": "yes", "ICBUDGET_SERVER_KEYS": "keys.json"},
    ],
)
def test_nobody_is_served_anonymously_by_mistake(environment):
    chosen, faults = read_settings({"XLWINGS_LICENSE_KEY": "x"} | environment)
    assert chosen is None and faults


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("ICBUDGET_SERVER_TENNANT", "ICBUDGET_SERVER_TENANT"),
        ("ICBUDGET_SERVER_WEB_ORIGIN", "ICBUDGET_SERVER_WEB_ORIGINS"),
        ("icbudget_server_role", "ICBUDGET_SERVER_ROLE"),
        ("ICBUDGET_TENANT", "ICBUDGET_"),
        ("ICBUDGET_ZZZ", ""),
    ],
)
def test_an_unknown_variable_of_ours_stops_the_start(name, near):
    chosen, faults = read_settings(GOOD | {name: "x"})
    assert chosen is None
    (fault,) = faults
    assert fault.startswith(f"{name}: there is no such setting.") and near in fault


@pytest.mark.parametrize("name", ["HOSTNAME", "TENANT", "CLIENT"])
def test_a_missing_setting_of_production_stops_the_start(name):
    environment = {key: value for key, value in GOOD.items() if not key.endswith(name)}
    chosen, faults = read_settings(environment)
    assert chosen is None and [fault.split(":")[0] for fault in faults] == [
        f"ICBUDGET_SERVER_{name}"
    ]


@pytest.mark.parametrize("name", ["ROLE", "KEYS", "WEB_ORIGINS", "BODY_LIMIT", "STORE"])
def test_a_setting_that_is_set_and_blank_is_no_default(name):
    chosen, faults = read_settings(GOOD | {f"ICBUDGET_SERVER_{name}": " "})
    assert chosen is None and "set and blank" in faults[0]


RSA = {"kty": "RSA", "kid": "a", "n": "sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri", "e": "AQAB"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "cannot be read as JSON"),
        ("{}", "holds no keys"),
        ('{"keys": []}', "holds no keys"),
        ("[" * 5000, "cannot be read as JSON"),
        ('{"keys": [{}]}', "no public RSA key"),
        (json.dumps({"keys": [RSA | {"n": ""}]}), "no public RSA key"),
        (json.dumps({"keys": [RSA | {"d": "x"}]}), "is a private one"),
        (json.dumps({"keys": [RSA]}), ""),
    ],
)
def test_a_file_without_a_directory_s_public_keys_stops_the_start(tmp_path, content, words):
    (tmp_path / "keys.json").write_text(content, encoding="utf-8")
    setting = {"ICBUDGET_SERVER_KEYS": str(tmp_path / "keys.json")}
    chosen, faults = read_settings(GOOD | setting)
    assert (chosen is None) is bool(words)
    assert not words or (len(faults) == 1 and words in faults[0])


def test_anonymous_service_answers_this_machine_alone():
    environment = {"XLWINGS_LICENSE_KEY": "x", "ICBUDGET_SERVER_ANONYMOUS": "yes"}
    chosen, faults = read_settings(environment | {"ICBUDGET_PYTHON": "python.exe", "PATH": "/bin"})
    assert faults == []
    assert chosen == Settings()
    assert chosen.hosts == ("localhost", "127.0.0.1")


def test_anonymous_service_on_another_address_is_refused(monkeypatch):
    from icbudget.excel.server import serve
    from icbudget.excel.server.web_app import settings

    monkeypatch.setenv("XLWINGS_LICENSE_KEY", "x")
    for name in [name for name in os.environ if name.startswith("ICBUDGET_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ICBUDGET_SERVER_ANONYMOUS", "yes")
    settings.cache_clear()
    with pytest.raises(ValueError, match="this machine alone"):
        serve.serve(listen="0.0.0.0")
    settings.cache_clear()
