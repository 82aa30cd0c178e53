"""What a plain word of YAML is: a number only where it can be nothing else."""

from __future__ import annotations

import json

import pytest

from icbudget.plan.yaml_text import read


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("12", 12),
        ("-3", -3),
        ("0.5", 0.5),
        (".5", 0.5),
        ("-.25", -0.25),
        ("1e3", 1000.0),
        ("true", True),
        ("null", None),
        ("007", "007"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("no", "no"),
        ("2025/26", "2025/26"),
        ("'12'", "12"),
        (".", "."),
    ],
)
def test_a_plain_word(written, read_as):
    document, findings, whole = read(f"a: {written}\n")
    assert (document, findings, whole) == ({"a": read_as}, [], True)
    assert type(document["a"]) is type(read_as)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("a: 1\na: 2\n", "text.duplicate-name"),
        ("a: &x 1\nb: *x\n", "text.alias"),
        ("a: !!python/object:os.system 1\n", "text.tag"),
        ("[" * 50_000, "text.too-deep"),
        ("a: 1\n---\nb: 2\n", "text.several"),
        ("a: [1\n", "text.unreadable"),
    ],
)
def test_what_says_two_things_or_does_harm_is_refused(text, id):
    _, findings, _ = read(text, "plan.yaml")
    assert [f.id for f in findings][:1] == [id]
    assert findings[0].place.workbook == "plan.yaml" and findings[0].fix


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (r"Caf\u00e9 \ud83d\ude00", "Café 😀"),
        (r"\uD83D\uDE00\ud834\udd1e", "😀𝄞"),
        (r"a \\ud83d\\ude00 b", r"a \ud83d\ude00 b"),
        (r"\"\ud83d\ude00\" \/ \n x", '"😀" / \n x'),
    ],
)
def test_json_with_characters_written_in_two_halves_is_read(escaped, text):
    document, findings, complete = read(f'{{"title": "{escaped}", "x": [1]}}', "p.json")
    assert complete and not findings
    assert document == {"title": text, "x": [1]}
    assert document["title"] == json.loads(f'"{escaped}"')


def test_half_a_character_is_one_clear_line():
    _document, findings, complete = read(r'{"title": "\ud83d"}', "p.json")
    assert not complete and [finding.id for finding in findings] == ["text.unreadable"]
