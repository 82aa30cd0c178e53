"""The real server process over HTTP: what is refused, and that nothing of it is executed, told or
logged.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import signal
import sqlite3
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from icbudget.excel.all_functions import functions
from tests.excel.server.running import Server
from tests.excel.tables import as_arguments, small_plan

pytestmark = pytest.mark.program("server")
CALL, SCRIPT = "/xlwings/custom-functions-call", "/xlwings/custom-scripts-call/"
SPLIT = {
    "func_name": "ICB_SPLIT",
    "args": [[[10]], [[1], [1]]],
    "version": "0.37.8",
    "runtime": "1.4",
}


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    from tests.excel.server import signing

    with Server(
        signing.settings(tmp_path_factory.mktemp("keys")) | {"XLWINGS_LOG_LEVEL": "DEBUG"}
    ) as running:
        yield running


def bearer(**changed):
    from tests.excel.server import signing

    return {"Authorization": f"Bearer {signing.token(**changed)}"}


def signed_in_kinds():
    try:
        from tests.excel.server import signing
    except ModuleNotFoundError:
        return {}
    return signing.REFUSED


@pytest.mark.parametrize("kind", signed_in_kinds())
def test_production_serves_nobody_without_a_valid_token(production, kind):
    header = {"Authorization": signed_in_kinds()[kind]()}
    tasks = ("/icbudget/report", "/icbudget/optimise", "/icbudget/sheets")
    for path in (CALL, f"{SCRIPT}check", *tasks):
        status, headers, body = production.post(path, SPLIT, **header)
        assert (status, headers["content-type"]) == (401, "application/json")
        assert json.loads(body) == {
            "detail": "Sign in again: this call carries no valid sign-in of your organisation."
        }


def test_production_answers_a_signed_in_person_and_only_as_long_as_the_token_lives(production):
    headers = bearer(exp=int(time.time()) + 2)
    assert production.call("ICB_SPLIT", SPLIT["args"], **headers)[0] == 200
    time.sleep(2.1)
    assert production.call("ICB_SPLIT", SPLIT["args"], **headers)[0] == 401


def test_production_wants_the_role(production):
    status, _, body = production.call("ICB_SPLIT", SPLIT["args"], **bearer(roles=["reader"]))
    assert status == 403
    assert b"icbudget.user" in body


def test_an_anonymous_body_is_refused_before_it_is_read(production):
    status, _, _ = production.request(
        "POST", CALL, b"x" * 50_000, {"Content-Type": "application/json"}
    )
    assert status == 401


def test_the_log_holds_no_cell_no_file_no_person_and_no_token(production):
    headers = bearer()
    production.call("ICB_SPLIT", SPLIT["args"], **headers)
    production.call("ICB_SPLIT", [[[10]], [["Mrs Smith"]]], **headers)
    production.call("ICB_SPLIT", SPLIT["args"], Authorization="Bearer aaa.bbb.secret")
    production.post(SCRIPT + "check", {"book": {"name": "Jane Doe.xlsx"}, "sheets": []}, **headers)
    log = production.log
    assert "ICB_SPLIT 200" in log
    for told in (
        "Jane",
        "Doe",
        "disciplinary",
        "Mrs Smith",
        "secret",
        "Bearer",
        headers["Authorization"].split()[1][:20],
        "5f0c",
    ):
        assert told not in log


NAMES = [
    "ICB_NOTHING",
    "icb_split",
    "asyncio",
    "functions",
    "__class__",
    "answered",
    "_called",
    "",
    None,
    7,
    ["ICB_SPLIT"],
    {},
]


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_only_a_declared_function_can_be_called(server, name):
    status, _, body = server.post(CALL, SPLIT | {"func_name": name})
    assert (status, json.loads(body)["detail"]) == (404, "There is no such function.")


@pytest.mark.parametrize(
    "name",
    [
        "press",
        "SCRIPTS",
        "_script",
        "xw",
        "__init__",
        "Callable",
        "check/..",
        "../custom-functions-call",
    ],
)
def test_only_a_declared_script_can_be_called(server, name):
    status, _, body = server.post(SCRIPT + name, {"book": {"name": "a"}, "sheets": []})
    assert (status, json.loads(body)["detail"]) == (404, "There is no such script.")


@pytest.mark.parametrize(
    "path",
    [
        "/docs",
        "/openapi.json",
        "/xlwings/alert?prompt=a&title=b&buttons=ok&mode=info&callback=c",
        "/static/../app.py",
        "/static/%2e%2e/custom_functions.py",
        "/static/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd",
        "/static/..%5c..%5capp.py",
        "/static//etc/passwd",
        "/static/.env",
        "/custom_functions.py",
        "/auth/entraid.py",
        "/socket.io/?EIO=4&transport=polling",
        "/xlwings/pyodide.json",
    ],
)
def test_no_other_address_answers(server, path):
    assert server.get(path)[0] == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_no_other_method_answers(server, method):
    assert server.request(method, CALL)[0] == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"[" * 100_000, 400),
        (b'{"func_name": "ICB_SPLIT", "args": [NaN, 1]}', 400),
        (b"\xff\xfe", 400),
        (json.dumps(SPLIT | {"args": 3}).encode(), 400),
        (json.dumps(SPLIT | {"args": [[[1]]] * 3}).encode(), 400),
        (json.dumps(SPLIT | {"args": [[[1, 2], [3]]]}).encode(), 400),
        (json.dumps(SPLIT | {"args": [[[[1]]]]}).encode(), 400),
        (json.dumps(SPLIT | {"args": [[[{"type": {}}]]]}).encode(), 400),
        (json.dumps(SPLIT | {"args": [[[{"basicValue": 1}]]]}).encode(), 400),
    ],
)
def test_a_body_that_excel_does_not_send_is_refused(server, body, status):
    told, _, answer = server.post(CALL, body)
    assert told == status
    assert json.loads(answer)["detail"]


def test_a_call_from_a_form_or_another_site_or_under_another_name_is_refused(server):
    body = json.dumps(SPLIT).encode()
    assert server.request("POST", CALL, body, {"Content-Type": "text/plain"})[0] == 415
    assert server.post(CALL, SPLIT, Origin="https://evil.example")[0] == 403
    assert server.post(CALL, SPLIT, Origin=f"http://localhost:{server.port}")[0] == 200
    assert server.request("GET", "/", headers={"Host": "evil.example"})[0] == 421


def test_a_body_over_the_limit_is_refused_whatever_it_says_of_itself(server):
    status, _, body = server.call("ICB_SPLIT", [[[1]], [[1.5] * 5] * 400_000])
    assert (status, json.loads(body)["detail"][:34]) == (413, "The call holds more than 8,000,000")

    def chunks():
        for _ in range(90):
            yield b"x" * 100_000

    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    with pytest.raises((BrokenPipeError, ConnectionResetError, AssertionError)):
        connection.request(
            "POST",
            CALL,
            chunks(),
            {"Host": "localhost", "Content-Type": "application/json"},
            encode_chunked=True,
        )
        answer = connection.getresponse()
        assert answer.status != 413, "refused, and told so"
    connection.close()
    assert server.get("/")[0] == 200


@pytest.mark.parametrize(
    ("rows", "columns", "most"),
    [(100_000, 3, "50,000 rows"), (100_000, 1, "50,000 rows"), (30_000, 10, "200,000")],
)
def test_a_hundred_thousand_rows_are_refused_in_words(server, rows, columns, most):
    status, _, body = server.call("ICB_SPLIT", [[[1]], [[1] * columns] * rows])
    assert status == 400
    assert (
        body.decode()
        == f"ICB_SPLIT: weights is a range of {rows:,} × {columns} cells, more than {most}. "
        "Give the table itself, as in Table[#All], not whole columns."
    )


def test_pages_allow_this_site_alone(server):
    _, headers, _ = server.get("/taskpane.html", Origin="https://evil.example")
    assert "access-control-allow-origin" not in headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers


def test_named_origins_of_excel_on_the_web_may_fetch_and_frame(tmp_path):
    with Server(
        {"ICBUDGET_SERVER_WEB_ORIGINS": "https://excel.example.com https://*.apps.example"}
    ) as running:
        for origin, taken in {
            "https://excel.example.com": True,
            "https://a.b.apps.example": True,
            "https://apps.example.evil.test": False,
            "https://evilapps.example": False,
            "http://a.apps.example": False,
        }.items():
            _, headers, _ = running.get("/xlwings/custom-functions-meta.json", Origin=origin)
            assert headers.get("access-control-allow-origin") == (origin if taken else None)
        assert running.post(CALL, SPLIT, Origin="https://excel.example.com")[0] == 403
        assert "x-frame-options" not in headers
        assert "https://*.apps.example" in headers["content-security-policy"]


def test_everything_served_is_declared_in_the_registry(server):
    meta = json.loads(server.get("/xlwings/custom-functions-meta.json")[2])
    assert [(f["id"], f["name"]) for f in meta["functions"]] == sorted(
        (id, id) for id in functions()
    )
    for told in meta["functions"]:
        function = functions()[told["id"]]
        assert told["description"] == function.doc
        assert [
            (p["name"], p["description"], p.get("optional", False)) for p in told["parameters"]
        ] == [(a.name, a.doc, a.optional) for a in function.arguments]
    code = server.get("/xlwings/custom-functions-code.js")[2].decode()
    assert re.findall(r'CustomFunctions\.associate\("(\w+)"', code) == sorted(functions())


def test_without_a_licence_key_it_does_not_start_and_says_why():
    with (
        pytest.raises(RuntimeError, match="PolyForm Noncommercial"),
        Server({"XLWINGS_LICENSE_KEY": ""}),
    ):
        pass


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the workers under /proc")
def test_after_a_worker_was_killed_in_a_call_the_next_call_works():
    with Server(workers=2) as running:
        wide = [as_arguments(small_plan())]
        workers = children(running.process.pid)
        assert len(workers) >= 2
        outcomes = []

        def keep_calling():
            for _ in range(30):
                try:
                    outcomes.append(running.call("ICB_PLAN", wide)[0])
                except OSError:
                    outcomes.append(0)

        callers = [threading.Thread(target=keep_calling) for _ in range(4)]
        for caller in callers:
            caller.start()
        time.sleep(0.1)
        os.kill(workers[0], signal.SIGKILL)
        for caller in callers:
            caller.join()
        assert outcomes.count(200) > 60
        until = time.monotonic() + 20
        while len(children(running.process.pid)) < 2 and time.monotonic() < until:
            time.sleep(0.2)
        assert len(children(running.process.pid)) == len(workers)
        assert [running.call("ICB_PLAN", wide)[0] for _ in range(10)] == [200] * 10


def children(pid):
    """The worker processes: the server's children that run the workers' code."""
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [
        int(child) for child in told if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def test_the_check_button_writes_its_list_on_a_sheet_of_its_own(server):
    from tests.excel.server.books import as_payload

    status, _, body = server.post(f"{SCRIPT}check", as_payload(small_plan()))
    assert status == 200
    actions = json.loads(body)["actions"]
    assert [a["func"] for a in actions if a["func"] == "addSheet"] == ["addSheet"]
    written = [a["values"] for a in actions if a["func"] == "setValues"]
    assert written[-1][0][:3] == ["Severity", "Where", "Finding"]
    assert {a["sheet_position"] for a in actions if a["func"] == "setValues"} == {
        len(as_payload(small_plan())["sheets"])
    }


def test_the_check_button_reads_a_whole_workbook(server, tmp_path):
    from icbudget import tasks
    from tests.benchmarks.test_server_speed import BOOKS, tables_in
    from tests.excel.server.books import as_payload

    book = tasks.template(tmp_path / "plan.xlsx", tasks.load(BOOKS[0].with_suffix(".yaml")).plan)
    status, _, body = server.post(f"{SCRIPT}check", as_payload(tables_in(book)))
    assert status == 200
    written = [a["values"] for a in json.loads(body)["actions"] if a["func"] == "setValues"][-1][1:]
    assert [row[2] for row in written] == [f.message for f in tasks.check(book).case.findings]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["exe", ""], "A plan ends in .xlsx"),
        (["../../plan.yaml", ""], "A plan ends in .xlsx"),
        (["yaml", "%%%"], "The file did not arrive whole"),
        (["yaml", "AAAA"], "The other plan cannot be read"),
    ],
)
def test_a_file_to_compare_with_that_is_none_is_refused(server, given, said):
    from tests.excel.server.books import as_payload

    status, _, body = server.post(f"{SCRIPT}compare", {**as_payload(small_plan()), "args": given})
    assert status == 400
    assert said in body.decode()


CHANGES = {
    "sheets that are none": lambda body: body.update(sheets=[1, 2]),
    "a sheet of nothing": lambda body: body["sheets"].append({}),
    "no values": lambda body: body["sheets"][0].update(values=None),
    "a cell with an object in it": (
        lambda body: body["sheets"][0].update(values=[[{"a": {"b": 1}}]])
    ),
    "a sheet without a name": lambda body: body["sheets"][0].update(name={"a": 1}),
    "a table without a name": lambda body: body["sheets"][0]["tables"][0].update(name=["a"]),
    "a table that is nowhere": (
        lambda body: body["sheets"][0]["tables"][0].update(range_address="../../x")
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_workbook_that_excel_does_not_send_is_refused(server, change):
    from tests.excel.server.books import as_payload

    body = as_payload(small_plan())
    change(body)
    status, _, answer = server.post(f"{SCRIPT}check", body)
    assert (status, json.loads(answer)["detail"]) == (400, "The call is not what Excel sends.")


@pytest.mark.parametrize("address", ["A1:XFD1048576", "A5:A1048576"])
def test_a_table_as_large_as_its_sheet_is_refused_before_it_is_read(server, address):
    from tests.excel.server.books import as_payload

    body = as_payload(small_plan())
    body["sheets"][0]["tables"][0]["range_address"] = address
    start = time.monotonic()
    status, _, answer = server.post(f"{SCRIPT}check", body)
    assert status == 400
    assert "cells, more than 50,000 rows. Give the table itself" in answer.decode()
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (b"1e999", "amount is not a number"),
        (b"1" + b"0" * 400, "amount has more than 300 digits"),
        (b"9" * 5000, "The call is not what Excel sends."),
        (b'"\\ud800"', "amount is blank"),
        (b'"\\u0000"', "amount is blank"),
        (b'{"type": "Error", "basicValue": "#N/A"}', "amount holds the Excel error #N/A"),
    ],
)
def test_what_json_can_carry_and_a_cell_cannot_is_refused_or_blank(server, cell, said):
    body = (
        b'{"func_name": "ICB_SPLIT", "args": [%s, [[1], [1]]], "version": "", "runtime": "1.4"}'
        % cell
    )
    status, _, answer = server.post(CALL, body)
    if said.endswith("blank"):
        assert (status, json.loads(answer)) == (
            200,
            {"result": [[0.0], [0.0]]},
        ), "a blank number is 0"
    else:
        assert status == 400
        assert said in answer.decode()


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ([b"Host: localhost", b"Host: evil.example", b"Content-Length: 2"], b"400"),
        ([b"Host: localhost", b"Host: localhost", b"Content-Length: 2"], b"400"),
        ([b"Host: evil.example", b"Content-Length: 2"], b"421"),
        ([b"Host: localhost", b"Content-Length: 2", b"Transfer-Encoding: chunked"], b"400"),
        ([b"Host: localhost", b"Content-Length: -5"], b"400"),
        ([b"Host: localhost", b"Content-Length: 2", b"Content-Length: 3"], b"400"),
        (
            [
                b"Host: localhost",
                b"Content-Type: application/json",
                b"Content-Type: text/plain",
                b"Content-Length: 2",
            ],
            b"4",
        ),
    ],
)
def test_headers_that_contradict_one_another_are_refused(server, given, answer):
    import socket

    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(b"\r\n".join([b"POST " + CALL.encode() + b" HTTP/1.1", *given, b"", b"{}"]))
        assert line.recv(100).split()[1].startswith(answer)


@pytest.mark.parametrize("given", [[1], ["a", "b", "c"], {"a": 1}, [["a"]]])
def test_what_a_script_is_given_must_be_texts(server, given):
    status, _, _ = server.post(
        f"{SCRIPT}compare", {"book": {"name": "a"}, "sheets": [], "args": given}
    )
    assert status == 400


REPORTS = "/icbudget/report"


def tables_sent(tables):
    return {"args": as_arguments(tables)}


def unpacked(body, folder):
    with zipfile.ZipFile(io.BytesIO(body)) as pack:
        pack.extractall(folder)
        return pack.namelist()


def test_reports_are_given_as_one_zip_whose_audit_pack_can_be_worked_out_again(server, tmp_path):
    from icbudget import tasks

    status, headers, body = server.post(REPORTS, tables_sent(small_plan()))
    assert (status, headers["content-type"], headers["cache-control"]) == (
        200,
        "application/zip",
        "no-store",
    )
    names = unpacked(body, tmp_path)
    assert names[:5] == [
        "plan-report.html",
        "plan-postings.csv",
        "plan-paper.html",
        "plan-paper.pdf",
        "plan-paper.docx",
    ]
    assert "A small plan" in (tmp_path / "plan-report.html").read_text(encoding="utf-8")
    assert (tmp_path / "plan-paper.pdf").read_bytes().startswith(b"%PDF")
    postings = (tmp_path / "plan-postings.csv").read_text(encoding="utf-8-sig")
    assert (
        "2025/26,icb,bcf,NHS Minimum Contribution,NHS Minimum Contribution"
        " 1,plan,contribution,12310605.00" in postings
    )
    opened, found = tasks.verify_pack(tmp_path / "plan-pack")
    assert opened.sound
    assert found == []
    assert server.post(REPORTS, tables_sent(small_plan()))[2] == body, "byte for byte"


def test_of_a_plan_that_cannot_be_read_whole_there_is_a_report_that_says_so_and_no_pack(
    server, tmp_path
):
    tables = small_plan()
    tables["contributions"][1][4] = "about a million"
    status, _, body = server.post(REPORTS, tables_sent(tables))
    assert status == 200
    names = unpacked(body, tmp_path)
    assert "plan-report.html" in names
    assert not [name for name in names if name.startswith("plan-pack/")]
    assert "cells that cannot be read" in (tmp_path / "no-audit-pack.txt").read_text(
        encoding="utf-8"
    )
    assert "about a million" in (tmp_path / "plan-report.html").read_text(encoding="utf-8")


def test_no_reports_without_a_plan_and_none_beyond_the_bound(server, monkeypatch):
    from icbudget.excel.coerce import InputProblem
    from icbudget.excel.server import report

    status, _, body = server.post(
        REPORTS,
        tables_sent(small_plan() | {"setup": [["Setting", "Value"], ["Title", "No years"]]}),
    )
    assert (status, json.loads(body)["detail"]) == (
        400,
        "There is no plan to report on. Press Check the plan to see why.",
    )
    monkeypatch.setattr(report, "MOST_BYTES", 1000)
    with pytest.raises(InputProblem, match=r"more than 1,000 bytes\. Run icbudget report"):
        report.reports(as_arguments(small_plan()))


SHEETS = "/icbudget/sheets"


@pytest.mark.parametrize(
    ("content", "names", "columns", "told"),
    [
        ("no base 64!", [["year"]], [["", ""]], "The workbook did not arrive whole."),
        ("", [["year"]], [["", ""]], "Nothing was added."),
        (base64.b64encode(b"PK").decode(), [["year"]], [["", ""]], "Nothing was added."),
        (base64.b64encode(b"PK").decode(), [[""]], [["", ""]], "Choose what to add first."),
        (5.0, [["year"]], [["", ""]], "The workbook did not arrive whole."),
        ("", [["year", "x"]], [["", ""]], "The workbook did not arrive whole."),
    ],
)
def test_sheets_are_added_to_nothing_but_a_workbook_that_arrived(
    server, content, names, columns, told
):
    status, _, body = server.post(SHEETS, {"args": [[[content]], names, columns]})
    assert (status, json.loads(body)["detail"][: len(told)]) == (400, told)


def test_a_module_that_is_none_is_refused_and_a_better_plan_needs_a_plan(server):
    from icbudget.workbook.writing.build import blank_plan, build

    content = base64.b64encode(build(blank_plan(), {}, live=True)).decode()
    asked = {"args": [[[content]], [["forecasting"]], [["", ""]]]}
    status, _, body = server.post(SHEETS, asked)
    assert status == 400 and "“forecasting” is neither a module" in json.loads(body)["detail"]
    bare = small_plan() | {"setup": [["Setting", "Value"], ["Title", "No years"]]}
    status, _, body = server.post("/icbudget/optimise", tables_sent(bare))
    assert (status, json.loads(body)["detail"]) == (
        400,
        "There is no plan to look for a better one. See Checks.",
    )


def test_the_guide_is_there_without_a_sign_in_and_loads_nothing(production):
    status, headers, body = production.get("/guide.html")
    assert status == 200 and headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert b'id="sheets--cash-released"' in body and b'id="sheets--funding"' in body


def kept_in(path):
    """How many entries a store holds."""
    with sqlite3.connect(path) as book:
        return book.execute("SELECT count(*) FROM kept").fetchone()[0]


def test_reports_and_buttons_leave_nothing_of_a_plan_on_the_server(tmp_path):
    from tests.excel.server.books import as_payload

    with Server({"TMPDIR": str(tmp_path)}) as running:
        other = base64.b64encode(b"schema_version: 1").decode()
        assert running.post(REPORTS, tables_sent(small_plan()))[0] == 200
        running.post(f"{SCRIPT}compare", {**as_payload(small_plan()), "args": ["yaml", other]})
        assert list(tmp_path.rglob("*")) == []
        files = {p.name for p in Path(running.folder.name).rglob("*") if p.is_file()}
        assert files - {"plans.sqlite-wal", "plans.sqlite-shm"} == {"log.txt", "plans.sqlite"}
        assert kept_in(Path(running.folder.name) / "plans" / "plans.sqlite") == 0
        assert "report 200" in running.log
