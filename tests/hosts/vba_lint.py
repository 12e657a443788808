"""A strict reader of a macro project, written from Microsoft's description [MS-OVBA] alone, and rules for VBA text."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import olefile

LONGEST_LINE, MOST_CONTINUATIONS, LARGEST_PROCEDURE = 1023, 24, 64_000
RECORDS = {
    0x01: "syskind", 0x4A: "compat", 0x02: "lcid", 0x14: "lcid invoke", 0x03: "code page", 0x04: "name", 0x05: "doc",
    0x40: "doc unicode", 0x06: "help", 0x3D: "help 2", 0x07: "help context", 0x08: "flags", 0x0C: "constants",
    0x3C: "constants unicode", 0x16: "reference name", 0x3E: "reference name unicode", 0x0D: "reference",
    0x0F: "modules", 0x13: "cookie", 0x19: "module name", 0x47: "module name unicode", 0x1A: "stream",
    0x32: "stream unicode", 0x1C: "module doc", 0x48: "module doc unicode", 0x31: "offset", 0x1E: "module help",
    0x2C: "module cookie", 0x21: "procedural", 0x22: "document or class", 0x25: "read only", 0x28: "private",
    0x2B: "end of module",
}  # fmt: skip


@dataclass
class Module:
    name: str
    stream: str
    offset: int
    procedural: bool
    source: str = ""


def decompress(data: bytes) -> bytes:
    """Section 2.4.1: a signature, then chunks of at most 4096 bytes; anything else is an error."""
    assert data[0] == 1, "no signature"
    out, position = bytearray(), 1
    while position < len(data):
        (header,) = struct.unpack_from("<H", data, position)
        size, compressed = (header & 0x0FFF) + 3, header >> 15
        assert (header >> 12) & 7 == 3, "chunk signature"
        end, start = position + size, len(out)
        assert end <= len(data), "a chunk runs over the end"
        position += 2
        if not compressed:
            out += data[position:end]
            position = end
            continue
        while position < end:
            flags = data[position]
            position += 1
            for bit in range(8):
                if position >= end:
                    break
                if not flags >> bit & 1:
                    out.append(data[position])
                    position += 1
                    continue
                (token,) = struct.unpack_from("<H", data, position)
                position += 2
                bits = max((len(out) - start - 1).bit_length(), 4)
                length, back = (token & (0xFFFF >> bits)) + 3, (token >> (16 - bits)) + 1
                assert back <= len(out) - start, "a copy from before the chunk"
                for _ in range(length):
                    out.append(out[-back])
        assert len(out) - start <= 4096
    return bytes(out)


def read_project(package: bytes) -> dict[str, Module]:
    """Every module by name; any departure from the description is an ``AssertionError``."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        container = olefile.OleFileIO(io.BytesIO(archive.read("xl/vbaProject.bin")))
        codes = code_names(archive)
    version = container.openstream("VBA/_VBA_PROJECT").read()
    assert version == bytes.fromhex("CC61FFFF000000"), "compiled code of some version is left"
    modules = list(read_directory(decompress(container.openstream("VBA/dir").read())))
    streams = {"/".join(path) for path in container.listdir()}
    expected = {f"VBA/{module.stream}" for module in modules} | {"VBA/dir", "VBA/_VBA_PROJECT", "PROJECT", "PROJECTwm"}
    assert streams == expected, streams ^ expected
    for module in modules:
        assert module.offset == 0, f"{module.name} keeps compiled code"
        module.source = decompress(container.openstream(f"VBA/{module.stream}").read()).decode("cp1252")
        assert f'Attribute VB_Name = "{module.name}"\r\n' in module.source
        assert "\n" not in module.source.replace("\r\n", ""), f"{module.name} has lines that do not end in CR LF"
    check_declarations(container.openstream("PROJECT").read().decode("cp1252"), modules, codes)
    check_names(container.openstream("PROJECTwm").read(), modules)
    return {module.name: module for module in modules}


def read_directory(data: bytes) -> Iterator[Module]:
    """The stream ``dir``: known records in order, as many modules as it says, nothing behind its end."""
    position, declared, found = 0, None, 0
    name = stream = ""
    offset, procedural = -1, False
    while True:
        kind, size = struct.unpack_from("<HI", data, position)
        if kind == 0x10:
            assert size == 0 and position + 6 == len(data), "bytes behind the end"
            break
        if kind == 0x09:
            position += 6 + 6  # the version, whose size is not its size
            continue
        assert kind in RECORDS, f"unknown record {kind:#x}"
        body = data[position + 6 : position + 6 + size]
        assert len(body) == size
        position += 6 + size
        if kind == 0x03:
            assert struct.unpack("<H", body) == (1252,)
        elif kind == 0x0F:
            (declared,) = struct.unpack("<H", body)
        elif kind == 0x19:
            name = body.decode("cp1252")
        elif kind in (0x47, 0x32):
            assert body.decode("utf-16-le") == (name if kind == 0x47 else stream)
        elif kind == 0x1A:
            stream = body.decode("cp1252")
        elif kind == 0x31:
            (offset,) = struct.unpack("<I", body)
        elif kind in (0x21, 0x22):
            procedural = kind == 0x21
        elif kind == 0x2B:
            found += 1
            yield Module(name, stream, offset, procedural)
    assert declared == found, f"{declared} modules are declared, {found} are there"


def code_names(archive: zipfile.ZipFile) -> set[str]:
    """Names that the workbook and its sheets give their document modules."""
    parts = [name for name in archive.namelist() if re.fullmatch(r"xl/(workbook|worksheets/sheet\d+)\.xml", name)]
    found = [re.search(rb'codeName="([^"]+)"', archive.read(name)) for name in parts]
    assert all(found), "a sheet has no code name"
    return {match[1].decode() for match in found if match}


def check_declarations(text: str, modules: list[Module], codes: set[str]) -> None:
    """The stream ``PROJECT`` declares each module once, as what it is."""
    assert text.replace("\r\n", "").count("\n") == 0
    declared = re.findall(r"^(Document|Module|Class|BaseClass)=([^/\r]+)", text, re.MULTILINE)
    assert sorted(name for _, name in declared) == sorted(module.name for module in modules)
    kinds = {name: kind for kind, name in declared}
    assert {name for name, kind in kinds.items() if kind == "Document"} == codes
    for module in modules:
        assert (kinds[module.name] == "Module") == module.procedural
    workspace = re.findall(r"^([^=\r\n]+)=-?\d+, ", text.partition("[Workspace]")[2], re.MULTILINE)
    assert sorted(workspace) == sorted(kinds)


def check_names(data: bytes, modules: list[Module]) -> None:
    pairs = [(module.name.encode("cp1252"), module.name.encode("utf-16-le")) for module in modules]
    assert data == b"".join(narrow + b"\0" + wide + b"\0\0" for narrow, wide in pairs) + b"\0\0"


PROCEDURE = re.compile(
    r"^(?:Public |Private )?(?P<kind>Sub|Function) (?P<name>\w+)\((?P<parameters>.*?)\)(?: As \w+)?$"
    r"(?P<body>.*?)^End (?P=kind)$",
    re.MULTILINE | re.DOTALL,
)


def unnamed(text: str) -> Iterator[str]:
    """Procedures whose name stands nowhere but in themselves and in comments."""
    code = re.sub(r"^\s*'.*", "", text, flags=re.MULTILINE)
    for match in PROCEDURE.finditer(code):
        if not re.search(rf"\b{match['name']}\b", code[: match.start()] + code[match.end() :]):
            yield match["name"]


def faults(source: str) -> Iterator[str]:
    """What VBA would refuse in a module that we wrote or generated."""
    lines = source.replace("\r\n", "\n").split("\n")
    run = 0
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            yield f"line {number} has {len(line)} characters"
        run = run + 1 if line.endswith(" _") else 0
        if run > MOST_CONTINUATIONS:
            yield f"line {number} continues too long a statement"
        if not line.isascii():
            yield f"line {number} is not ASCII"
        if line.count('"') % 2 and not line.lstrip().startswith("'"):
            yield f"line {number} leaves a text open"
    if "Option Explicit" not in lines:
        yield "variables need no declaration"
    opened = len(re.findall(r"^(?:Public |Private )?(?:Sub|Function) ", source, re.MULTILINE))
    found = list(PROCEDURE.finditer("\n".join(lines)))
    if opened != len(found):
        yield f"{opened} procedures begin and {len(found)} are whole"
    for match in found:
        yield from procedure_faults(match)
    names = [match["name"].lower() for match in found]
    yield from (f"{name} is there twice" for name in set(names) if names.count(name) > 1)


def procedure_faults(match: re.Match[str]) -> Iterator[str]:
    """Undeclared variables, unbalanced blocks, and labels that nothing defines."""
    name, body = match["name"], re.sub(r" _\n\s*", " ", match["body"])
    code = "\n".join(re.sub(r"'.*", "", re.sub(r'"[^"]*"', '""', line)) for line in body.split("\n"))
    if len(body) > LARGEST_PROCEDURE:
        yield f"{name} is too long"
    for begins, ends in (
        (r"^\s*If\b.*\bThen\s*$", r"^\s*End If\b"),
        (r"^\s*For\b", r"^\s*Next\b"),
        (r"^\s*Do\b", r"^\s*Loop\b"),
    ):
        counts = [len(re.findall(pattern, code, re.MULTILINE)) for pattern in (begins, ends)]
        if counts[0] != counts[1]:
            yield f"{name} opens {counts[0]} blocks of {begins} and closes {counts[1]}"
    labels = set(re.findall(r"^(\w+):\s*$", code, re.MULTILINE))
    for target in re.findall(r"On Error GoTo (\w+)", code):
        if target != "0" and target not in labels:
            yield f"{name} goes to {target}, which is not there"
    declared = {word.lower() for word in re.findall(r"\b(\w+)(?:\(\))? As \w", match["parameters"])}
    for line in re.findall(r"^\s*(?:Dim|Static) (.+)$", code, re.MULTILINE):
        declared |= {word.lower() for word in re.findall(r"(\w+)(?:\(\))? As ", line)}
    assigned = re.findall(r"^\s*(?:Set |For Each |For |If .* Then )?(\w+) (?:=|In) ", code, re.MULTILINE)
    shared = re.findall(r"^(?:Private|Public) (?:WithEvents )?(\w+) As ", match.string, re.MULTILINE)
    for word in assigned:
        if word.lower() not in {*declared, *map(str.lower, shared), name.lower()}:
            yield f"{name} sets {word}, which is not declared"
