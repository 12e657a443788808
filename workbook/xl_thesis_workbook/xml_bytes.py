"""XML changed at single tags, as bytes, so that everything around them stays as it is."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from xml.etree import ElementTree as ET
from xml.parsers import expat
from xml.sax.saxutils import escape

from xl_thesis.errors import InputError

_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""")
_ATTRIBUTES = rb"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*"""
_ATTRIBUTE = re.compile(rb"""\s+([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def check(content: bytes, part: str) -> bytes:
    """The content, if it is UTF-8 XML that declares nothing.

    Raises ``InputError`` for another encoding and for a document type, which no workbook has and which a parser would
    follow to other files.
    """
    declared = _ENCODING.match(content.lstrip(b"\xef\xbb\xbf"))
    wide = content.startswith(_WIDE_MARKS) or content[1:4] == b"\x00\x00\x00"
    if wide or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")):
        raise InputError(f"its part {part} is not UTF-8")
    if _DECLARATION.search(content):
        raise InputError(f"its part {part} declares a document type, which no workbook does")
    return content


def parse(content: bytes, part: str) -> ET.Element:
    """A part as a tree. Raises ``InputError`` as ``check`` does, and where it is not well-formed."""
    try:
        return ET.fromstring(check(content, part))  # noqa: S314 - without a document type nothing is followed
    except (ET.ParseError, ValueError) as error:
        raise InputError(f"its part {part} is damaged: {error}") from None


def prove(content: bytes, part: str) -> None:
    """Raise ``InputError`` unless a part is well-formed."""
    try:
        expat.ParserCreate().Parse(check(content, part), True)
    except expat.ExpatError as error:
        raise InputError(f"its part {part} is damaged: {error}") from None


@cache
def start_tag(name: str) -> re.Pattern[bytes]:
    """A start tag by its local name; groups: prefix with colon, attributes, slash where it is empty.

    >>> start_tag("row").search(b"<sheetData><x:row r='1'/>").groups()
    (b'x:', b" r='1'", b'/')
    """
    return re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)" + name.encode() + rb"(" + _ATTRIBUTES + rb")\s*(/?)>")


@cache
def end_tag(prefix: bytes, name: str) -> re.Pattern[bytes]:
    """An end tag; ``prefix`` with its colon, as the start tag has it."""
    return re.compile(rb"</" + re.escape(prefix) + name.encode() + rb"\s*>")


def attributes(text: bytes) -> dict[str, str]:
    """The attributes of a start tag.

    >>> attributes(b'<c r="A1" t=\\'s\\'>')
    {'r': 'A1', 't': 's'}
    """
    found = {name.decode(): (double or single).decode() for name, double, single in _ATTRIBUTE.findall(text)}
    return {name: unescape(value) for name, value in found.items()} if b"&" in text else found


def as_text(text: str) -> bytes:
    """Words as XML writes them between tags, in any encoding that a part may have.

    >>> as_text("Ann & Söhne")
    b'Ann &amp; S&#246;hne'
    """
    return escape(text).encode("ascii", "xmlcharrefreplace")


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """A start tag with one attribute set, at its place where it has one, else as its last.

    >>> with_attribute(b'<table ref="A1:B2" id="1">', "ref", "A1:B9")
    b'<table ref="A1:B9" id="1">'
    >>> with_attribute(b"<calcPr/>", "fullCalcOnLoad", "1")
    b'<calcPr fullCalcOnLoad="1"/>'
    """
    for found in _ATTRIBUTE.finditer(tag):
        if found[1] == name.encode():
            start, end = found.span(2) if found[2] is not None else found.span(3)
            return tag[:start] + value.encode() + tag[end:]
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + f' {name}="{value}"'.encode() + tag[end:]


def set_attribute(content: bytes, tag: str, name: str, value: str) -> bytes:
    """XML with one attribute of the first such tag set; unchanged where there is no such tag."""
    found = start_tag(tag).search(content)
    if found is None:
        return content
    return content[: found.start()] + with_attribute(found[0], name, value) + content[found.end() :]
