"""A chart's inline SVG for other files: on its own, described in words, or as a picture."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

# Sharp on paper, at a fraction of the size that print quality takes.
PIXELS_AN_INCH = 200.0


def alone(svg: str) -> str:
    """Return inline SVG as a document of its own, with its namespaces."""
    root = ElementTree.fromstring(svg)
    root.set("xmlns", "http://www.w3.org/2000/svg")
    root.set("xmlns:xlink", "http://www.w3.org/1999/xlink")
    for element in root.iter():
        if "href" in element.attrib:
            element.set("xlink:href", element.attrib.pop("href"))
    return ElementTree.tostring(root, encoding="unicode")


def description(svg: str) -> str:
    """Return what a chart says of itself in words."""
    return next(
        element.text or ""
        for element in ElementTree.fromstring(svg).iter()
        if element.tag == "desc"
    )


def fonts() -> Any:
    """Return the fonts Typst sets with: its own and matplotlib's, so that machines set alike."""
    import matplotlib
    import typst

    return typst.Fonts(
        include_system_fonts=False, font_paths=[Path(matplotlib.get_data_path()) / "fonts" / "ttf"]
    )


@lru_cache(maxsize=32)
def picture(svg: str) -> bytes:
    """Return a chart as the bytes of a PNG picture."""
    import typst

    layout = b"""
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.drawing), format: "svg", width: 16cm)
"""
    made = typst.compile(
        layout,
        sys_inputs={"drawing": alone(svg)},
        font_paths=fonts(),
        format="png",
        ppi=PIXELS_AN_INCH,
    )
    assert isinstance(made, bytes)
    return made
