"""The guide as one HTML page that needs nothing else: its pages, contents and a search.

The pages are Markdown that ships with the package; nothing is fetched, so the guide is there on a
laptop without internet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

ORDER = (
    "start-here",
    "finance-officer",
    "excel",
    "sheets",
    "commissioner",
    "pool-host",
    "benefits",
    "joint-working",
    "auditor",
    "national-analyst",
    "python-analyst",
    "deployment",
    "what-it-does",
    "limits",
    "commands",
    "functions",
    "findings",
    "model",
    "sources",
    "glossary",
    "architecture",
    "contributing",
    "releasing",
)
"""The pages in reading order; one that is not named here stands last."""
_NOT_IN_A_SLUG = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class GuidePage:
    """One page of the guide: its name, its title, its Markdown."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A page as HTML, with the headings that contents and search lead to: (level, id, words)."""

    page: GuidePage
    body: str
    headings: tuple[tuple[int, str, str], ...]


def guide_pages() -> tuple[GuidePage, ...]:
    """Return every page of the guide in reading order."""
    folder = files("icbudget").joinpath("guide")
    texts = {
        entry.name.removesuffix(".md"): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".md")
    }
    known = [name for name in ORDER if name in texts]
    others = sorted(texts.keys() - set(known))
    return tuple(GuidePage(name, _title(texts[name]), texts[name]) for name in (*known, *others))


@dataclass(frozen=True, slots=True)
class FindingParagraph:
    """What the guide says of a finding: what it says, why it matters, an example, how to fix it."""

    says: str
    why: str
    example: str
    fix: str


@cache
def finding_paragraphs() -> dict[str, FindingParagraph]:
    """Return what the guide's page of findings says of each, by its id, as plain text."""
    page = next(page for page in guide_pages() if page.name == "findings")
    paragraphs: dict[str, FindingParagraph] = {}
    for kind in page.text.split("\n## ")[1:]:
        for entry in kind.split("\n### ")[1:]:
            id, _, text = entry.partition("\n")
            parts = re.split(r"\n(?:Why|Example|Fix): ", text)
            paragraphs[id.strip()] = FindingParagraph(*map(_as_text, parts))
    return paragraphs


def _as_text(markdown: str) -> str:
    """Return the page's own marks as plain text."""
    unescaped = re.sub(r"\\([*_])", r"\1", markdown.strip())
    return re.sub(r"^\*(.+?)\*", r"\1", unescaped, flags=re.MULTILINE).replace("&lt;", "<")


def _title(text: str) -> str:
    first = next(line for line in text.splitlines() if line.startswith("# "))
    return first.removeprefix("# ").strip()


def anchor(page: str, heading: str = "") -> str:
    """Return the id of a page's place: the page itself, or one of its headings."""
    slug = _NOT_IN_A_SLUG.sub("-", heading.casefold()).strip("-")
    return f"{page}--{slug}" if slug else page


_SHEET = re.compile(r"(?m)^<!-- ([^>]+) -->$")
"""A comment above a table names the sheet that it is typed on."""


def laid_out(page: GuidePage) -> LaidOut:
    """Return a page as HTML. Links to other pages lead within the one page; raw HTML is text.

    Above a table to type stands the name of its sheet.
    """
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    # No raw HTML: a page of the guide can bring in no script.
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(_SHEET.sub(r"*\1*\n", page.text))
    headings: list[tuple[int, str, str]] = []
    used: set[str] = set()

    def link_inside(token: Token) -> None:
        for child in token.children or ():
            href = child.attrs.get("href")
            if child.type == "link_open" and isinstance(href, str):
                child.attrs["href"] = _inside(page.name, href)

    for at, token in enumerate(tokens):
        link_inside(token)
        if token.type == "heading_open":
            level, words = int(token.tag[1]), tokens[at + 1].content
            place = anchor(page.name) if level == 1 else anchor(page.name, words)
            while place in used:  # two headings of the same words each keep a place of their own
                place += "-again"
            used.add(place)
            token.attrs["id"] = place
            # a page's own title is the second level of the whole guide, and so on down
            token.tag = f"h{min(level + 1, 6)}"
            tokens[at + 2].tag = token.tag
            headings.append((level, place, _plain(words)))
    body = parser.renderer.render(tokens, parser.options, {})
    # What scrolls can be reached by keyboard.
    scrolls = '<div class="wide" tabindex="0" role="region" aria-label="Table">'
    body = body.replace("<table", f"{scrolls}<table").replace("</table>", "</table></div>")
    body = body.replace("<pre>", '<pre tabindex="0">')
    return LaidOut(page, body, tuple(headings))


def _inside(page: str, href: str) -> str:
    """Return where a link leads on the one page; an address elsewhere stays as it is."""
    if href.startswith(("http://", "https://", "mailto:")):
        return href
    target, _, fragment = href.partition("#")
    name = target.rsplit("/", 1)[-1].removesuffix(".md") or page
    return f"#{_places_of(name).get(fragment) or anchor(name, fragment.replace('-', ' '))}"


@cache
def _places_of(name: str) -> Mapping[str, str]:
    """Return the place of each heading of a page by the fragment that a link in Markdown has.

    A fragment is what GitHub makes of a heading: small letters without signs, joined by hyphens.
    """
    texts = {page.name: page.text for page in guide_pages()}
    headings = re.findall(r"(?m)^#{2,6} (.+)$", texts.get(name, ""))
    return {
        re.sub(r"[^\w\- ]", "", words.casefold()).strip().replace(" ", "-"): anchor(name, words)
        for words in headings
    }


def _plain(words: str) -> str:
    return re.sub(r"[`*]", "", words)


def guide_html(version: str) -> str:
    """Return the whole guide as the text of one HTML page: the same version gives the same text."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    template = files(__package__).joinpath("guide.html.j2").read_text(encoding="utf-8")
    pages = [laid_out(page) for page in guide_pages()]
    environment = Environment(
        undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(template).render(pages=pages, version=version, Markup=Markup)
