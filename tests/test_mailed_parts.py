"""What Excel puts beside the sheets of a mailed snapshot stays to the byte, and every file we write is a valid one."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.corpus import validator_faults
from tests.snapshots import START, scorer_of
from tests.test_package import parts
from xl_thesis import artefacts, mailed
from xl_thesis.ledger import Ledger, open_log
from xl_thesis.thesis import load_thesis
from xl_thesis_workbook import lint
from xl_thesis_workbook.content import DataChoice, gather
from xl_thesis_workbook.language import Language
from xl_thesis_workbook.snapshot import snapshot_bytes

EARLY, LATE, LATER = dt.date(2026, 3, 15), dt.date(2026, 6, 20), dt.date(2026, 7, 15)
NOWHERE = Path("no such folder")
MICROSOFT = "http://schemas.microsoft.com/office"
THREADED = f"{MICROSOFT}/spreadsheetml/2018/threadedcomments"
ANN, SAID = "{5B0B3C57-7B5E-4C3D-9E57-0A4F2A7C9D11}", "{1E0C7E7E-1A2B-4C3D-8E9F-001122334455}"


def made(language: Language = "en", choice: DataChoice = "derived") -> bytes:
    scorer = scorer_of(load_thesis("jobless_boom"))
    standings = Ledger(scorer.thesis, open_log(NOWHERE)).standings(scorer.knowledge, EARLY)
    content = gather(scorer, EARLY, standings=standings, language=language, choice=choice, start=START)
    return snapshot_bytes(content)


def updated(path: Path, day: dt.date) -> bytes:
    mailed.update(scorer_of(load_thesis("jobless_boom")), mailed.open_mailed(path), day, backup=False, ledger=NOWHERE)
    return path.read_bytes()


def with_parts(data: bytes, new: dict[str, bytes], edits: dict[str, tuple[str, str]]) -> bytes:
    """A package with more parts, and words of its own parts replaced."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = source.read(name)
            if name in edits:
                old, now = (text.encode() for text in edits[name])
                assert content.count(old) == 1, (name, old)
                content = content.replace(old, now)
            copy.writestr(name, content)
        for name, content in new.items():
            copy.writestr(name, content)
    return target.getvalue()


def with_macros(data: bytes) -> bytes:
    """The snapshot as Excel saves it with macros: those of the project's own template."""
    plain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macro = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    project = '<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    return with_parts(
        data,
        {"xl/vbaProject.bin": parts(artefacts.excel_file(artefacts.TEMPLATE))["xl/vbaProject.bin"]},
        {
            "[Content_Types].xml": (f'ContentType="{plain}"/>', f'ContentType="{macro}"/>{project}'),
            "xl/_rels/workbook.xml.rels": related("2006/relationships/vbaProject", "vbaProject.bin"),
        },
    )


def related(kind: str, target: str) -> tuple[str, str]:
    """The end of a part with relations, without and with one more."""
    more = f'<Relationship Id="rIdMore" Type="{MICROSOFT}/{kind}" Target="{target}"/>'
    return "</Relationships>", f"{more}</Relationships>"


def with_a_thread(data: bytes) -> bytes:
    """The snapshot with a comment of the newer kind on its dashboard, as Excel 365 keeps it."""
    thread, person = "threadedComments/threadedComment1.xml", "persons/person.xml"
    said = f'<threadedComment ref="A5" dT="2026-03-20T10:00:00.00" personId="{ANN}" id="{SAID}"><text>Why?</text>'
    ann = f'<person displayName="Ann" id="{ANN}" userId="ann" providerId="None"/>'
    types = "".join(
        f'<Override PartName="/xl/{name}" ContentType="application/vnd.ms-excel.{kind}+xml"/>'
        for name, kind in ((thread, "threadedcomments"), (person, "person"))
    )
    new = {
        thread: f'<ThreadedComments xmlns="{THREADED}">{said}</threadedComment></ThreadedComments>',
        person: f'<personList xmlns="{THREADED}">{ann}</personList>',
    }
    return with_parts(
        data,
        {f"xl/{name}": text.encode() for name, text in new.items()},
        {
            "[Content_Types].xml": ("</Types>", f"{types}</Types>"),
            "xl/worksheets/_rels/sheet1.xml.rels": related("2017/10/relationships/threadedComment", f"../{thread}"),
            "xl/_rels/workbook.xml.rels": related("2017/10/relationships/person", person),
        },
    )


@pytest.mark.parametrize(("change", "ending", "mine"), [
    (with_macros, "xlsm", "xl/vbaProject.bin"), (with_a_thread, "xlsx", "xl/threadedComments/threadedComment1.xml"),
])  # fmt: skip
def test_macros_and_threads_stay(
    change: Callable[[bytes], bytes], ending: str, mine: str, open_xml_validator: str, tmp_path: Path
) -> None:
    path = tmp_path / f"book.{ending}"
    before = change(made())
    path.write_bytes(before)
    assert validator_faults(open_xml_validator, path) == []
    after = parts(updated(path, LATE))
    assert after[mine] == parts(before)[mine]
    others = {"xl/persons/person.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"} & after.keys()
    assert all(after[name] == parts(before)[name] for name in others)
    assert validator_faults(open_xml_validator, path) == []
    scorer = scorer_of(load_thesis("jobless_boom"))
    assert mailed.verify(scorer, mailed.open_mailed(path), NOWHERE).verdict == "untouched"


@pytest.mark.parametrize(("language", "choice"), [("en", "full"), ("zh-Hant", "derived")])
def test_a_snapshot_that_was_updated_twice_is_valid(
    language: Language, choice: DataChoice, open_xml_validator: str, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(made(language, choice))
    updated(path, LATE)
    data = updated(path, LATER)
    assert updated(path, LATER) == data, "a third time changes nothing"
    assert validator_faults(open_xml_validator, path) == []
    assert lint.faults(data) == []


def test_the_workbook_of_a_comparison_is_valid(open_xml_validator: str, tmp_path: Path) -> None:
    first, second, out = (tmp_path / f"{name}.xlsx" for name in ("first", "second", "out"))
    first.write_bytes(made())
    second.write_bytes(first.read_bytes())
    updated(second, LATE)
    mailed.write_comparison(*mailed.compare(first, second), out, force=False)
    assert validator_faults(open_xml_validator, out) == []
    assert lint.faults(out.read_bytes()) == []


def test_a_full_file_does_without_a_series_that_came_into_use_later(tmp_path: Path) -> None:
    """Which series are behind a score hangs on the day; no formula reads them."""
    scorer, path = scorer_of(load_thesis("american_exceptionalism")), tmp_path / "full.xlsx"
    path.write_bytes(snapshot_bytes(gather(scorer, dt.date(2024, 6, 30), choice="full", window=24)))
    report = mailed.update(scorer, mailed.open_mailed(path), EARLY, backup=False, ledger=NOWHERE).report
    said = "table Data_DERIVED_DXY_ECB, one of the series in full, is not in the file; a new snapshot has it"
    assert (report.missing, said in report.notes) == ([], True)
    done = mailed.verify(scorer, mailed.open_mailed(path), NOWHERE)
    assert (done.verdict, said in done.report.notes) == ("untouched", True)
