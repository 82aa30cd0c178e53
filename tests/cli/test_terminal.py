"""What is written is legible, whatever a plan holds and whatever the output can take."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from functools import cache

import pytest

from icbudget.cli.terminal import LegibleStream, legible
from tests.places import WORKBOOKS

BOROUGH = WORKBOOKS / "illustrative-borough.xlsx"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain, £5 – “ok” −1\n\ttab\r\n", "plain, £5 – “ok” −1\n\ttab\r\n"),
        ("\x1b[31mred\x1b[0m", "\\u001b[31mred\\u001b[0m"),
        ("\x1b]0;title\x07", "\\u001b]0;title\\u0007"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("over\rwritten", "over\\u000dwritten"),
        ("\x9b2J\x7f\u2028", "\\u009b2J\\u007f\\u2028"),
    ],
)
def test_control_and_direction_characters_are_written_as_numbers(text, written):
    stream = io.StringIO(newline="")
    LegibleStream(stream).write(text)
    assert stream.getvalue() == legible(text) == written


def test_json_of_such_a_text_is_still_json():
    text = 'a\u202eb\x9b"\x1b'
    assert json.loads(legible(json.dumps(text, ensure_ascii=False))) == text


@cache
def run(words, encoding):
    """Return what a process of its own wrote, its output in this encoding."""
    code = (
        "import sys; from icbudget.cli.command_line import main; sys.argv[0] = 'icbudget'; main()"
    )
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        env=environment,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "ascii", "utf-8"])
def test_output_on_a_code_page_is_whole_and_keeps_its_minus(encoding):
    done = run(("compare", BOROUGH, "--scenario", "Cautious"), encoding)
    assert done.returncode in (0, 1) and not done.stderr
    text = done.stdout.decode(encoding)
    minus, arrow = ("−", "→") if encoding == "utf-8" else ("-", "->")
    assert minus in text and arrow in text and "?" not in text


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_json_on_a_code_page_says_the_same(encoding):
    words = ("check", BOROUGH, "--json")
    there, here = (run(words, each) for each in (encoding, "utf-8"))
    assert json.loads(there.stdout.decode(encoding)) == json.loads(here.stdout.decode("utf-8"))


def test_a_plan_with_control_characters_cannot_write_to_the_screen(tmp_path):
    plan = tmp_path / "plan.yaml"
    text = 'setup: {title: "a\\u202eb \\e[31mred", base_year: 2025/26}\nx: {"\\e[2J": 1}\n'
    plan.write_text(text, encoding="utf-8")
    for words in (("check", plan), ("check", plan, "--json"), ("check", "\x1b[31mno.yaml")):
        done = run(words, "utf-8")
        assert not set("\x1b\u202e\x9b") & set((done.stdout + done.stderr).decode())
