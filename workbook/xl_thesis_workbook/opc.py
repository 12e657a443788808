"""An Office file as a closed package: parts are read one by one, and those that nobody changed are copied."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import cast
from xml.etree import ElementTree as ET

from xl_thesis.errors import InputError
from xl_thesis_workbook.xml_bytes import parse

_MEGABYTE = 1_000_000
_LARGEST_CONTENT = 250 * _MEGABYTE
_SUSPECT_SIZE, _SUSPECT_RATIO = 8 * _MEGABYTE, 100
_MOST_PARTS = 5_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL_HEADER, _LOCAL_SIZE = b"PK\x03\x04", 30
_SIZES_FOLLOW, _ENCRYPTED = 0x08, 0x01
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# Digits have few long matches, so zlib is told to leave out short ones: 5 % less at the same speed. Texts of many
# formulas repeat from row to row, and a longer search makes them smaller still.
_LEVEL, _DEEP_LEVEL, _MANY_FORMULAS = 7, 8, 1_000
_UNREADABLE = (
    KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Relation:
    """One arrow from a part: its id, the last word of its type, and the part or address that it points to."""

    id: str
    kind: str
    target: str
    is_external: bool


class Package:
    """The parts of an Office file by name; nothing is unpacked before it is asked for.

    Raises ``InputError`` for bytes that are no whole package, are encrypted, hold a part twice, or would swell.
    """

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLE):
            raise InputError("it is encrypted with a password or an old .xls file; save it as .xlsx without a password")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (*_UNREADABLE, struct.error):
            raise InputError("it is not a whole Office file: it was cut off, damaged, or never was one") from None
        self._data = data
        self._members = self._archive.infolist()
        self._changed: dict[str, bytes] = {}
        self._unpacked: dict[str, bytes] = {}
        problem = _swells(self._members, len(data))
        if problem:
            raise InputError(problem)
        self._by_lower = {item.filename.lower(): item.filename for item in self._members}

    @property
    def names(self) -> list[str]:
        """Names of the parts, in the order of the file."""
        return [item.filename for item in self._members]

    def name_of(self, name: str) -> str | None:
        """The part's name as the file spells it; names differ not by case."""
        return self._by_lower.get(name.lower())

    def read(self, name: str) -> bytes:
        """What a part holds now. Raises ``InputError`` where it is not there or damaged."""
        if name in self._changed:
            return self._changed[name]
        try:
            if name not in self._unpacked:
                self._unpacked[name] = self._archive.read(name)
            return self._unpacked[name]
        except _UNREADABLE as error:
            raise InputError(f"its part {name} cannot be read: the file is damaged ({type(error).__name__})") from None

    def put(self, name: str, content: bytes) -> None:
        """Change what a part holds; the same content again is no change."""
        if content != self.read(name):
            self._changed[name] = content

    @property
    def changed(self) -> list[str]:
        """Names of the parts that were changed."""
        return sorted(self._changed)

    def tree(self, name: str) -> ET.Element:
        """A part as parsed XML."""
        return parse(self.read(name), name)

    def relations(self, owner: str) -> list[Relation]:
        """The arrows that start at a part; at the package itself for an empty name."""
        folder, _, file = owner.rpartition("/")
        name = self.name_of(f"{folder}/_rels/{file}.rels".lstrip("/"))
        if name is None:
            return []
        return [
            Relation(
                id=item.get("Id", ""),
                kind=item.get("Type", "").rpartition("/")[2],
                target=_resolve(folder, item.get("Target", "")),
                is_external=item.get("TargetMode") == "External",
            )
            for item in self.tree(name)
        ]

    def to_bytes(self) -> bytes:
        """The package with its changes; every other part is its old compressed bytes."""
        if not self._changed:
            return self._data
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as copy:
            for member in self._members:
                if member.filename in self._changed:
                    _write(copy, *_deflated(member, self._changed[member.filename]))
                else:
                    _write(copy, _again(member), self._packed(member))
        return target.getvalue()

    def _packed(self, member: zipfile.ZipInfo) -> bytes:
        start = member.header_offset
        header = self._data[start : start + _LOCAL_SIZE]
        if len(header) < _LOCAL_SIZE or not header.startswith(_LOCAL_HEADER):
            raise InputError(f"its part {member.filename} is not where the file says: the file is damaged")
        start += _LOCAL_SIZE + sum(struct.unpack("<HH", header[26:30]))
        packed = self._data[start : start + member.compress_size]
        if len(packed) < member.compress_size:
            raise InputError(f"its part {member.filename} is cut off")
        return packed


def _again(member: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """The directory's entry of a part that is carried over without unpacking it."""
    info = zipfile.ZipInfo(member.filename, member.date_time)
    info.compress_type, info.external_attr = member.compress_type, member.external_attr
    info.CRC, info.compress_size, info.file_size = member.CRC, member.compress_size, member.file_size
    info.flag_bits = member.flag_bits & ~_SIZES_FOLLOW
    return info


def _deflated(member: zipfile.ZipInfo, content: bytes) -> tuple[zipfile.ZipInfo, bytes]:
    """The entry and the compressed bytes of a part that holds something else now."""
    level = _DEEP_LEVEL if content.count(b"<f") > _MANY_FORMULAS else _LEVEL
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_FILTERED)
    packed = packer.compress(content) + packer.flush()
    info = zipfile.ZipInfo(member.filename, member.date_time)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, member.external_attr
    info.CRC, info.compress_size, info.file_size = zlib.crc32(content), len(packed), len(content)
    return info, packed


def _write(copy: zipfile.ZipFile, info: zipfile.ZipInfo, packed: bytes) -> None:
    """Add a part that is compressed already."""
    file = cast("io.BytesIO", copy.fp)
    file.seek(copy.start_dir)
    info.header_offset = file.tell()
    file.write(info.FileHeader(zip64=False))
    file.write(packed)
    copy.start_dir = file.tell()
    copy.filelist.append(info)
    copy.NameToInfo[info.filename] = info
    copy._didModify = True  # type: ignore[attr-defined]  # noqa: SLF001 - or the directory would not be written


def _resolve(folder: str, target: str) -> str:
    """The part that a relation of a part in ``folder`` points to."""
    return posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")


def _swells(members: list[zipfile.ZipInfo], size: int) -> str | None:
    """By the directory alone: what speaks against unpacking; None if nothing does."""
    content = sum(item.file_size for item in members)
    if len(members) > _MOST_PARTS or content > _LARGEST_CONTENT:
        return f"its content is too large: {len(members)} parts, {content // _MEGABYTE} MB"
    if sum(item.compress_size for item in members) > size:
        return "its parts lie on each other, as in files made to do harm"
    names = [item.filename.lower() for item in members]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        return f"its part {twice} is there twice"
    for item in members:
        ratio = item.file_size // max(item.compress_size, 1)
        if item.file_size > _SUSPECT_SIZE and ratio > _SUSPECT_RATIO:
            return f"its part {item.filename} swells {ratio} times when unpacked"
        if item.flag_bits & _ENCRYPTED:
            return f"its part {item.filename} is encrypted"
        if item.compress_type not in _METHODS:
            return f"its part {item.filename} is packed in a way that no workbook is"
    return None
