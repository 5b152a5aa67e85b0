"""Whether mail programs can show a letter: what it is made of is on a list of what they know.

The lists hold what Gmail (web and apps), Outlook (Windows, Mac, web and apps), Apple Mail and Yahoo show, or leave out
without harm to the reader. Facts are those of caniemail.com, named by the page under caniemail.com/features/ (read as
files of github.com/hteumeuleu/caniemail); what is on no list is a complaint.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from html.parser import HTMLParser

MAX_BYTES = 90_000
"""Gmail clips at about 102 kB."""
SMALLEST_TEXT = 13
"""CSS pixels."""

ELEMENTS = {
    "html": "part of every document",
    "head": "part of every document",
    "meta": "part of every document",
    "title": "part of every document",
    "style": "html-style: known to all in <head>; Gmail apps leave it out with accounts of others; not in <body>",
    "body": "html-body: Gmail and Outlook.com make it a <div>, so what it looks like stands on a table, too",
    "table": "html-table: all",
    "tbody": "html-table: all",
    "tr": "html-table: all",
    "td": "html-table: all",
    "h1": "html-h1-h6: all",
    "h2": "html-h1-h6: all",
    "h3": "html-h1-h6: all",
    "p": "html-p: all",
    "div": "html-div: all",
    "span": "as <div>, of which it is the inline form",
    "a": "part of every document",
    "b": "part of every document",
    "br": "part of every document",
    "img": "image-png: all",
}
ATTRIBUTES = {
    "class": "for the rules that stay in <head>; harmless where they are lost",
    "style": "how styles reach all programs",
    "lang": "html-lang: all but old Outlook for Windows, which does not read aloud",
    "dir": "html-dir: all; Outlook for Windows confuses it on <a>",
    "align": "what Outlook for Windows reads instead of styles",
    "valign": "what Outlook for Windows reads instead of styles",
    "role": "html-role: all but Yahoo, which leaves it out",
    "width": "what Outlook for Windows reads instead of styles (css-width, note 1)",
    "height": "what Outlook for Windows reads instead of styles",
    "cellpadding": "what Outlook for Windows reads instead of styles",
    "cellspacing": "what Outlook for Windows reads instead of styles",
    "border": "what Outlook for Windows reads instead of styles",
    "href": "part of every document",
    "src": "part of every document",
    "alt": "part of every document",
    "name": "of <meta>",
    "content": "of <meta>",
    "charset": "of <meta>",
}
PROPERTIES = {
    "background-color": "css-background-color: all",
    "border": "css-border: all; Outlook for Windows up to 8px, and not surely on <p> and <div>",
    "border-top": "css-border",
    "border-bottom": "css-border",
    "border-left": "css-border",
    "border-color": "css-border",
    "border-top-color": "css-border",
    "border-left-color": "css-border",
    "border-radius": "css-border-radius: all but Outlook for Windows, where corners stay square",
    "color": "part of every document",
    "color-scheme": "css-color-scheme: Apple Mail; others leave it out",
    "display": "css-display: none, block and inline-block in all but Outlook for Windows",
    "font-family": "css-font: all",
    "font-size": "css-font: all",
    "font-weight": "css-font: all",
    "height": "css-width and its kin: all; Outlook for Windows reads the attribute",
    "line-height": "css-line-height: all; Outlook for Windows roughly",
    "margin": "css-margin: all, not negative; not `auto` in Outlook for Windows",
    "margin-top": "css-margin",
    "max-height": "as max-width; of what is hidden only",
    "max-width": "css-max-width: all but Outlook for Windows, which is told the width in a comment of its own",
    "mso-hide": "Outlook for Windows only, in place of display: none (css-display-none)",
    "mso-padding-alt": "Outlook for Windows only, in place of padding on <a>",
    "overflow": "css-overflow: of what is hidden only",
    "padding": "css-padding: all; in Outlook for Windows on cells only",
    "padding-bottom": "css-padding",
    "padding-left": "css-padding",
    "padding-right": "css-padding",
    "padding-top": "css-padding",
    "table-layout": "css-table-layout: all but Outlook for Windows, which breaks long words by itself",
    "text-decoration": "css-text-decoration: all, with one value",
    "width": "css-width: all; Outlook for Windows on cells and tables only",
    "word-break": "css-word-break: Gmail, Outlook, Apple Mail; the others break long words by themselves",
    "word-wrap": "as word-break, in its old name",
}
VALUES = {
    "display": {"none", "block", "inline-block"},
    "text-decoration": {"none", "underline"},
    "overflow": {"hidden"},
    "table-layout": {"fixed"},
    "mso-hide": {"all"},
    "font-weight": {"bold", "normal"},
}
"""Of properties of which only some values are known to all."""
MEDIA = {
    "(max-width: 480px)": "css-at-media: all but Outlook for Windows and Gmail's mobile web; not nested",
    "(prefers-color-scheme: dark)": "css-at-media-prefers-color-scheme: Apple Mail, Outlook for Mac and the web; "
    "others leave it out or turn colours themselves",
}
COMMENTS = (
    '[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]',
    "[if mso]></td></tr></table><![endif]",
)
"""For Outlook for Windows, which knows no max-width."""

UNKNOWN_VALUE = re.compile(r"(?i)url\(|var\(|calc\(|expression|gradient|\d(?:r?em|v[wh]|ch)\b|-\d+px|@|\\")
SELECTOR = re.compile(r"(?:[a-z0-9]*(?:\.[a-z]+)?|:root)(?: [a-z0-9]*(?:\.[a-z]+)?)*")


def check_letter(html: str, images: Collection[str] = (), marks: Collection[str] = ()) -> list[str]:
    """What is wrong with a letter's HTML, nothing when all programs can show it.

    `images` are the names of the pictures that come with it, `marks` what stands for addresses filled in later.
    """
    reader = _Reader(marks)
    reader.feed(html)
    reader.close()
    wrong = reader.wrong
    if len(html.encode()) > MAX_BYTES:
        wrong.append(f"{len(html.encode())} bytes, above {MAX_BYTES}")
    if not html.lstrip().lower().startswith("<!doctype html>"):
        wrong.append("no <!doctype html>")
    wrong += [f"<{name}> is missing" for name in ("title", "h1") if name not in reader.seen]
    if reader.levels.count(1) > 1:
        wrong.append("more than one <h1>")
    for before, after in zip(reader.levels, reader.levels[1:], strict=False):
        if after > before + 1:
            wrong.append(f"<h{after}> after <h{before}>")
    wrong += [f"id {name} twice" for name in sorted(reader.ids) if reader.ids.count(name) > 1]
    wrong += [f"cid:{name} does not come with the letter" for name in sorted(set(reader.images) - set(images))]
    wrong += [f"{name} comes with the letter and is not shown" for name in sorted(set(images) - set(reader.images))]
    return wrong


class _Reader(HTMLParser):
    def __init__(self, marks: Collection[str]) -> None:
        super().__init__()
        self.marks = marks
        self.wrong: list[str] = []
        self.seen: set[str] = set()
        self.levels: list[int] = []
        self.ids: list[str] = []
        self.images: list[str] = []
        self.link_text: str | None = None
        self.is_in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in ELEMENTS:
            self.wrong.append(f"<{tag}>")
        if tag == "style" and "body" in self.seen:
            self.wrong.append("<style> in the body")
        self.seen.add(tag)
        self.is_in_style = tag == "style"
        self.wrong += [f"{name} on <{tag}>" for name in values if name not in {*ATTRIBUTES, "id"}]
        self.ids += [value for name, value in values.items() if name == "id"]
        self.wrong += check_rules(values.get("style", ""))
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "html" and not values.get("lang"):
            self.wrong.append("<html> without lang")
        if tag == "table" and values.get("role") != "presentation":
            self.wrong.append("<table> without role=presentation")
        if tag == "img":
            self._check_image(values)
        if tag == "a":
            self._check_link(values.get("href", ""))

    def _check_image(self, values: dict[str, str]) -> None:
        src = values.get("src", "")
        if src.startswith("cid:"):
            self.images.append(src.removeprefix("cid:"))
        else:
            self.wrong.append(f"a picture from elsewhere: {src[:60]}")
        if not values.get("alt", "").strip():
            self.wrong.append(f"{src} without alt")
        if not values.get("width", "").isdigit():
            self.wrong.append(f"{src} without width")
        if self.link_text is not None:
            self.link_text += values.get("alt", "")

    def _check_link(self, href: str) -> None:
        if not href.startswith("https://") and href not in self.marks:
            self.wrong.append(f"a link to {href[:60] or 'nothing'}")
        self.link_text = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.link_text is not None:
            if not self.link_text.strip():
                self.wrong.append("a link without words")
            self.link_text = None
        if tag == "style":
            self.is_in_style = False

    def handle_data(self, data: str) -> None:
        if self.is_in_style:
            self.wrong += check_sheet(data)
        elif self.link_text is not None:
            self.link_text += data

    def handle_comment(self, data: str) -> None:
        if data not in COMMENTS:
            self.wrong.append(f"a comment: {data[:60]}")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"<?{data[:60]}>")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(f"<![{data[:60]}")


def check_sheet(css: str) -> list[str]:
    """What is wrong with a style sheet that stays in <head>."""
    wrong = []
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    for media, inside in re.findall(r"@media ([^{]+?) *\{((?:[^{}]*\{[^{}]*\})*)\s*\}", css):
        wrong += [] if media in MEDIA else [f"@media {media}"]
        wrong += _check_blocks(inside)
    rest = re.sub(r"@media [^{]+\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", css)
    wrong += [f"@{name}" for name in re.findall(r"@([\w-]+)", rest)]
    return wrong + ([] if "@" in rest else _check_blocks(rest))


def _check_blocks(css: str) -> list[str]:
    wrong = []
    for selectors, rules in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        wrong += [
            f"selector {selector.strip()}"
            for selector in selectors.split(",")
            if not SELECTOR.fullmatch(selector.strip())
        ]
        wrong += check_rules(rules)
    return wrong


def check_rules(rules: str) -> list[str]:
    """What is wrong with `name: value; name: value`."""
    wrong = []
    said = {}
    for rule in filter(str.strip, rules.split(";")):
        name, _, value = (part.strip() for part in rule.partition(":"))
        value = value.removesuffix("!important").strip()
        said[name] = value
        if name not in PROPERTIES:
            wrong.append(f"property {name}")
        elif UNKNOWN_VALUE.search(value) or value not in VALUES.get(name, {value}):
            wrong.append(f"{name}: {value}")
    size = re.fullmatch(r"(\d+)px", said.get("font-size", ""))
    if size and int(size[1]) < SMALLEST_TEXT and said.get("display") != "none":
        wrong.append(f"text of {size[1]}px")
    return wrong
