"""Commands of the guide that serve until they are stopped, open a browser or change Excel, run.

Each server is started as the page says, a page fetched from it, and stopped. Only what a machine
decides is put in: the port, and in production the names and keys of the organisation. The browser
is a stand-in that records what it is asked to open; what it opened is then opened in Chromium.
`doctor --fix` runs against a fake Windows: a machine that is made up and a fake `setx`, which only
records what it is asked to set; Excel itself and the registry stay untried.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from icbudget.excel import doctor
from icbudget.ledger_import.ledger_map import read_map
from tests.cli.test_all_commands import call
from tests.excel.test_doctor import machine
from tests.guide.test_commands_run import STAYS
from tests.guide.test_guide_commands import GENERATED, PAGES, named
from tests.guide.test_worked_pages import PAGES as WORKED
from tests.places import ROOT

SERVED = sorted({command for _, command in named() if command.startswith("icbudget excel serve")})
OPENED = sorted({command for _, command in named() if command.startswith("icbudget guide")})
START_SECONDS = 60
LEFT_OPEN = "…"
"""What a page leaves to the reader, such as the name of a certificate."""


def test_each_of_them_is_run_here():
    staying = {command for _, command in named() if command.startswith(STAYS)}
    assert staying == {*SERVED, *OPENED, "icbudget excel doctor --fix"}
    assert len(SERVED) >= 4 and OPENED


@pytest.mark.program("server")
@pytest.mark.parametrize("command", SERVED)
def test_a_server_starts_answers_and_stops(command, tmp_path):
    """Up to ten seconds: a server of two processes, each importing the package."""
    words, certificate = as_started(command, tmp_path)
    port = int(words[words.index("--port") + 1])
    anonymous = "--anonymous" in words
    with (tmp_path / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "from icbudget.cli.command_line import main; main()", *words],
            env=environment(tmp_path, anonymous=anonymous),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        host = f"localhost:{port}" if anonymous else "icbudget.example.nhs.uk"
        status, body = answer(process, port, host, certificate)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
    log_text = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert (status, json.loads(body)) == (200, {"status": "ok"}), log_text
    assert f":{port}; the manifest is at /manifest.xml." in log_text


def as_started(command: str, folder: Path) -> tuple[list[str], Path | None]:
    """The command's words with a free port and what the page leaves open, and its certificate."""
    words = shlex.split(command)[1:]
    if "--port" not in words:
        words += ["--port", ""]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        words[words.index("--port") + 1] = str(free.getsockname()[1])
    if LEFT_OPEN not in words:
        return words, None
    certificate, key = self_signed(folder)
    words[words.index("--certificate") + 1] = str(certificate)
    words[words.index("--key") + 1] = str(key)
    assert LEFT_OPEN not in words
    return words, certificate


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate of the host's name that is good for a day, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "icbudget.example.nhs.uk")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("icbudget.example.nhs.uk")]), critical=False
        )
        .sign(private, hashes.SHA256())
    )
    certificate, key = folder / "icbudget.pem", folder / "icbudget.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, key


def environment(folder: Path, *, anonymous: bool) -> dict[str, str]:
    """The environment that the page exports before it starts the server."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("XLWINGS_", "ICBUDGET_"))}
    kept |= {
        "XLWINGS_LICENSE_KEY": os.environ.get("XLWINGS_LICENSE_KEY", "noncommercial"),
        "ICBUDGET_SERVER_STORE": str(folder / "plans.sqlite"),
        "PYTHONUNBUFFERED": "1",
    }
    if not anonymous:
        from tests.excel.server.signing import settings

        kept |= settings(folder)
    return kept


def answer(
    process: subprocess.Popen[bytes], port: int, host: str, certificate: Path | None
) -> tuple[int, bytes]:
    """What the server answers to GET / once it listens."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        connection: http.client.HTTPConnection
        if certificate is None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        else:
            trusting = ssl.create_default_context(cafile=str(certificate))
            trusting.check_hostname = False  # reached by its address
            connection = http.client.HTTPSConnection(
                "127.0.0.1", port, timeout=10, context=trusting
            )
        try:
            connection.request("GET", "/", headers={"Host": host})
            reply = connection.getresponse()
            return reply.status, reply.read()
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    return 0, b"{}"


@pytest.mark.program("chromium")
@pytest.mark.parametrize("command", OPENED)
def test_the_guide_is_opened_in_the_browser(command, tmp_path, chromium):
    browser, record = tmp_path / "browser", tmp_path / "opened.txt"
    browser.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{record}"\n', encoding="utf-8")
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from icbudget.cli.command_line import main; main()",
            *shlex.split(command)[1:],
        ],
        env={**os.environ, "BROWSER": str(browser), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    until = time.monotonic() + 10
    while not record.exists() and time.monotonic() < until:
        time.sleep(0.05)
    address = record.read_text(encoding="utf-8")
    assert done.stdout.strip() == f"The guide: {address}"
    tab = chromium.new_page()
    faults: list[str] = []
    tab.on("pageerror", lambda fault: faults.append(str(fault)))
    tab.goto(address)
    assert tab.title() == "The icbudget guide"
    assert tab.locator("h2").first.inner_text() == "Start here"
    tab.fill("#search", "stranded cost")
    assert tab.locator("#found li").count() > 0
    tab.close()
    assert faults == []


def test_doctor_fix_sets_one_variable_of_a_fake_windows(tmp_path, monkeypatch, capsys):
    asked: list[list[str]] = []
    fake_windows = machine(tmp_path, environment={})
    monkeypatch.setattr(doctor, "this_machine", lambda: fake_windows)
    monkeypatch.setattr(doctor.subprocess, "run", lambda words, **_: asked.append(words))
    code, out, _ = call(capsys, *shlex.split("icbudget excel doctor --fix")[1:])
    python = str(tmp_path / "Scripts" / "pythonw.exe")
    assert code == 0 and asked == [["setx", "ICBUDGET_PYTHON", python]]
    assert "Close every Excel window" in " ".join(out.split())


BLOCKS_NOT_RUN = {
    ("deployment.md", "nginx"): "the settings of another program, which is not part of icbudget",
    ("pool-host.md", "yaml"): "maps of ledgers, which the test below reads",
    ("pool-host.md", "csv"): "a ledger, which the commands of `test_worked_pages` read",
}
"""Fenced blocks that are no commands of icbudget and no Python, each with its reason."""
LINES_NOT_RUN = {
    "python3 -m venv .venv": "sets icbudget up; .ci/run runs the README's two on a bare machine",
    "python -m pytest": "runs the tests, as it does now",
    "bash .ci/run": "continuous integration itself",
    "export ": "the settings of a server, which the test of servers gives it",
    "pip install '.[pandas]'": "installs an extra, which .ci/run does with all of them",
}
"""How the lines of shell blocks begin that are no commands of icbudget, each with its reason."""


def fenced() -> list[tuple[str, str, str]]:
    """Every fenced block of the guide and the README that a person wrote: page, language, text."""
    block = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
    return [
        (page.name, match[1], match[2])
        for page in PAGES
        if page.name not in GENERATED
        for match in block.finditer(page.read_text(encoding="utf-8"))
    ]


def test_every_fenced_block_is_run_or_says_why_not():
    without = []
    for page, language, text in fenced():
        if language == "sh":
            lines = (line.strip() for line in text.splitlines() if line.strip())
            without += [
                (page, line)
                for line in lines
                if not line.removeprefix(".venv/bin/").startswith(("icbudget ", *LINES_NOT_RUN))
            ]
        elif language in ("", "text"):
            without += [(page, line) for line in text.splitlines() if line.startswith("icbudget ")]
        elif language == "yaml" and page == "joint-working.md":
            continue  # written as plan.yaml by the test that follows the page
        elif language == "console":
            assert page.removesuffix(".md") in WORKED, page  # each line is run and compared there
        elif language == "python":
            assert page in ("python-analyst.md", "national-analyst.md"), page
        elif (page, language) not in BLOCKS_NOT_RUN:
            without.append((page, text.splitlines()[0]))
    assert without == []


def test_the_reasons_are_of_lines_that_are_there():
    text = "\n".join(block for _, _, block in fenced())
    assert [line for line in LINES_NOT_RUN if line not in text] == []
    assert BLOCKS_NOT_RUN.keys() <= {(page, language) for page, language, _ in fenced()}


def test_each_map_of_a_ledger_that_the_pool_hosts_page_shows_is_read():
    maps = [text for page, kind, text in fenced() if (page, kind) == ("pool-host.md", "yaml")]
    assert len(maps) == 2
    for text in maps:
        ledger_map, findings = read_map(text, "map.yaml")
        assert findings == [] and ledger_map is not None


def test_the_readme_is_run_on_a_bare_machine():
    """The README's two commands are taken out of it and run by the script of CI."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "readme_command '## Run it'" in script and "readme_command '## Test it'" in script
