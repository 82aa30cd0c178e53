"""axe-core, run in a page of the browser."""

from __future__ import annotations

from functools import cache

SERIOUS = ("serious", "critical")
READ_ONCE = """() => {
    const color = axe.commons.color.Color.prototype;
    const read = color.parseString;
    const known = new Map();
    color.parseString = function (text) {
        const told = known.get(text);
        if (told) return Object.assign(this, told);
        read.call(this, text);
        const { r, g, b, alpha } = this;
        known.set(text, { r, g, b, alpha });
        return this;
    };
}"""
"""What makes axe read a colour's text once. Of every element it reads the colours of all around it:
in the guide six texts 225,000 times, which is half of its time."""

HELD_ON_OBJECTS = """() => {
    class Held {
        constructor() { this.at = Symbol(); }
        has(key) { return Object.hasOwn(key, this.at); }
        get(key) { return this.has(key) ? key[this.at] : undefined; }
        set(key, value) { key[this.at] = value; return this; }
        add(key) { return this.set(key, true); }
        delete(key) { return this.has(key) && delete key[this.at]; }
    }
    window.given = { WeakMap, WeakSet };
    Object.assign(window, { WeakMap: Held, WeakSet: Held });
}"""
"""What makes axe hold what is private to an object on the object itself, while its script is read. It
makes a colour for everything around every element, each in six weak maps and a weak set: half of its
time, most of that to clear them away."""
GIVEN_BACK = "() => { Object.assign(window, window.given); delete window.given; }"


@cache
def _axe():
    from axe_playwright_python.sync_playwright import Axe

    return Axe()


def violations(page):
    """Return what axe finds in a page as it is shown: for each rule its id, impact, help, nodes."""
    page.evaluate(HELD_ON_OBJECTS)
    page.evaluate(_axe().axe_script)
    page.evaluate(GIVEN_BACK)
    page.evaluate(READ_ONCE)
    return page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]


def serious(page):
    """Return what has to be mended: the rule, what it asks, and the first element that breaks it."""
    return [
        (found["id"], found["help"], found["nodes"][0]["html"][:120])
        for found in violations(page)
        if found["impact"] in SERIOUS
    ]
