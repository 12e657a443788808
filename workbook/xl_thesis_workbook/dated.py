"""What names the day outside the cells, brought to another: page footers, alternative texts, the document's date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape

from xl_thesis_workbook.book import Book
from xl_thesis_workbook.dashboard_words import NONE_KNOWN, NOT_PUBLISHED
from xl_thesis_workbook.xml_bytes import as_text, attributes, start_tag, with_attribute

_WORDS = "|".join(re.escape(word) for words in (NONE_KNOWN, NOT_PUBLISHED) for word in (words.en, words.zh))
_VALUE = rf"[+-]?\d+(?:[.-]\d+)*|{_WORDS}"
_FORMAT = re.compile(r'&"[^"]*"|&K[0-9A-Fa-f]{6}|&\d+')
_SECTION = re.compile(r"&[LCR]")
_FOOTER = re.compile(rb"(<(?:[\w.-]+:)?oddFooter(?:\s[^<>]*)?>)([^<]+)(?=</)")
_OURS = re.compile(rb"<(?:[\w.-]+:)?lastModifiedBy>xl-thesis</")
_MODIFIED = re.compile(rb"(<(?:[\w.-]+:)?modified[^<>]*>)([^<]*)(?=</)")


def renew_words(old: Book, new: Book, sheets: dict[str, str], day: dt.date | None) -> int:
    """Bring such words of an old workbook to those of the new one, and tell how many were others.

    ``sheets`` has for each of the new one's sheets the old one's part; ``day`` is the old one's. Words are ours where
    they are the new ones but for the numbers; what somebody has written in their place stays.
    """
    footers = sorted({words for part in sheets for words in _footers(new.package.read(part))})
    descriptions = [words for part in sheets for words in _descriptions(new, part)]
    count = 0
    for part in sheets.values():
        content = old.package.read(part)
        changed, found = _with_footers(content, footers)
        old.package.put(part, changed)
        count += found
        for drawing in _drawings(old, part):
            changed, found = _with_descriptions(old.package.read(drawing), descriptions)
            old.package.put(drawing, changed)
            count += found
    return count + _date(old, new, day)


def _like(words: str) -> re.Pattern[str]:
    """These words with any numbers."""
    return re.compile(f"(?:{_VALUE})".join(map(re.escape, re.split(_VALUE, words))))


def _footers(sheet: bytes) -> Iterator[str]:
    """The sections of a sheet's footer that have numbers, without their format."""
    for found in _FOOTER.finditer(sheet):
        for section in _SECTION.split(_FORMAT.sub("", unescape(found[2].decode()))):
            if re.search(_VALUE, section):
                yield section.strip()  # a space may stand between two formats


def _with_footers(sheet: bytes, footers: list[str]) -> tuple[bytes, int]:
    found = _FOOTER.search(sheet)
    if found is None:
        return sheet, 0
    before = after = unescape(found[2].decode())
    for words in footers:
        after = _like(words).sub(lambda _, words=words: words, after)  # type: ignore[misc]
    if after == before:
        return sheet, 0
    return sheet[: found.start(2)] + as_text(after) + sheet[found.end(2) :], 1


def _drawings(book: Book, sheet: str) -> Iterator[str]:
    for relation in book.package.relations(sheet):
        part = book.package.name_of(relation.target)
        if relation.kind == "drawing" and part is not None:
            yield part


def _descriptions(book: Book, sheet: str) -> Iterator[str]:
    """The alternative texts of what is drawn on a sheet."""
    for drawing in _drawings(book, sheet):
        for found in start_tag("cNvPr").finditer(book.package.read(drawing)):
            words = attributes(found[2]).get("descr", "")
            if words:
                yield words


def _with_descriptions(drawing: bytes, descriptions: list[str]) -> tuple[bytes, int]:
    count = 0

    def changed(found: re.Match[bytes]) -> bytes:
        nonlocal count
        before = attributes(found[2]).get("descr", "")
        after = next((words for words in descriptions if _like(words).fullmatch(before)), before)
        if after == before:
            return found[0]
        count += 1
        return with_attribute(found[0], "descr", _quoted(after))

    return start_tag("cNvPr").sub(changed, drawing), count


def _quoted(words: str) -> str:
    return as_text(words).decode().replace('"', "&quot;").replace("'", "&apos;")


def _date(old: Book, new: Book, day: dt.date | None) -> int:
    """The day of the last change, where no other program has written it since."""
    parts = [_core(book) for book in (old, new)]
    if parts[0] is None or parts[1] is None:
        return 0
    content = old.package.read(parts[0])
    now, then = _MODIFIED.search(new.package.read(parts[1])), _MODIFIED.search(content)
    is_ours = then is not None and day is not None and then[2].startswith(day.isoformat().encode())
    if now is None or then is None or not is_ours or now[2] == then[2] or not _OURS.search(content):
        return 0
    old.package.put(parts[0], content[: then.start(2)] + now[2] + content[then.end(2) :])
    return 1


def _core(book: Book) -> str | None:
    """The part with the document's properties."""
    targets = [item.target for item in book.package.relations("") if item.kind == "core-properties"]
    return book.package.name_of(targets[0]) if targets else None
