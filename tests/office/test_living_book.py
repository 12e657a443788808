"""A living workbook: names, errors, edit, save, reopen, convert, and Refresh with local services behind it."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.conftest import require_host
from tests.office.host import Office
from tests.servers import fred
from tests.services import Services, some_services
from tests.test_refresh_end_to_end import TODAY, mini_thesis
from xl_thesis_udfs import edge
from xl_thesis_udfs.hosts.libreoffice import installations
from xl_thesis_udfs.registry import FUNCTIONS

JUNE_SCORE = '=THESIS_SCORE("2026-06-30")'


def wait_for(what: Callable[[], Any], seconds: float = 60) -> Any:
    """What comes true in time; the office answers all the while."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
    return found


def formulas_of(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return re.findall(r"<f[^>]*>([^<]*)</f>", archive.read("xl/worksheets/sheet1.xml").decode())


def text_of(pdf: Path) -> str:
    program = require_host("pdftotext (poppler-utils)", shutil.which("pdftotext"))
    return subprocess.run([program, str(pdf), "-"], capture_output=True, text=True, check=True).stdout


def one(book: Office, address: str, name: str = "book") -> Any:
    (((cell,),)) = book.read(name, address)
    return cell


def test_errors_are_calcs_own(book: Office) -> None:
    book.formulas("book", {
        "A1": '=THESIS_PILLAR("GEO";;"2026-06-30")', "A2": '=THESIS_SCORE("yesterday")', "A3": "=ISNA(A1)",
        "A4": "=ERROR.TYPE(A2)", "A5": '=IFERROR(A1;"none")', "A6": "=THESIS_SCORE(A1)", "A7": "=THESIS_SCORE(1/0)",
    })  # fmt: skip
    shown = [cell for (cell,) in book.values("book", "A1:A7")]
    assert shown == ["#N/A", "#VALUE!", 1.0, 3.0, "none", "#N/A", "#DIV/0!"]


def test_dates_truth_and_blanks(book: Office) -> None:
    book.formulas("book", {
        "A1": "=THESIS_ASOF()", "A2": "=THESIS_SCORE(A1)-THESIS_SCORE(B9)", "A3": "=THESIS_SCORE(DATE(2026;6;30))",
        "A4": "=THESIS_SCORE(A1:A2)", "A5": "=THESIS_LABEL(C9:C9)",
    })  # fmt: skip
    shown = [cell for (cell,) in book.values("book", "A1:A5")]
    as_of = edge.call("THESIS_ASOF", [])
    assert shown[0] == (as_of - dt.date(1899, 12, 30)).days
    assert shown[1] == 0
    assert shown[2] == edge.call("THESIS_SCORE", ["2026-06-30"])
    assert shown[3] == "#VALUE!"
    assert shown[4] == edge.call("THESIS_LABEL", [])


def test_a_file_of_excel_calculates_and_is_saved_back_unchanged(calc: Office, tmp_path: Path) -> None:
    source, saved = tmp_path / "excel.xlsx", tmp_path / "saved.xlsx"
    made = Workbook()
    sheet = made.active
    written = [spec.example for spec in FUNCTIONS.values() if spec.returns != "table"]
    for row, formula in enumerate(written, 1):
        sheet.cell(row, 1).value = formula
    made.save(source)
    calc.open("excel", str(source))
    try:
        shown = [cell for (cell,) in calc.values("excel", f"A1:A{len(written)}")]
        assert not {"#NAME?", "", None} & set(shown)
        calc.save("excel", str(saved))
    finally:
        calc.close("excel")
    assert [formula.replace("&quot;", '"').replace(" ", "") for formula in formulas_of(saved)] == [
        formula.removeprefix("=").replace(" ", "") for formula in written
    ]
    calc.open("again", str(saved))
    try:
        assert [cell for (cell,) in calc.values("again", f"A1:A{len(written)}")] == shown
    finally:
        calc.close("again")


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_edit_save_reopen_and_convert(book: Office, tmp_path: Path, kind: str) -> None:
    book.formulas("book", {"A1": "2026-03-31", "B1": "=THESIS_SCORE(A1)"})
    before = one(book, "B1")["value"]
    book.formulas("book", {"A1": "2026-06-30"})
    after = one(book, "B1")["value"]
    assert before != after == edge.call("THESIS_SCORE", ["2026-06-30"])
    path, pdf = tmp_path / f"edited.{kind}", tmp_path / "edited.pdf"
    book.save("book", str(path))
    book.open("reopened", str(path))
    try:
        assert one(book, "B1", "reopened")["value"] == after
        book.save("reopened", str(pdf))
    finally:
        book.close("reopened")
    assert f"{after:.2f}"[:4] in text_of(pdf)


def test_the_function_wizard_describes_every_function(newer_office: Office) -> None:
    for spec in FUNCTIONS.values():
        found = newer_office.describe(spec.name)
        assert found["description"] == spec.summary
        assert [name for name, *_ in found["arguments"]] == [argument.name for argument in spec.arguments]
        assert [words for _, words, _ in found["arguments"]] == [argument.help for argument in spec.arguments]


def test_menu_and_toolbar_are_there_and_status_says_what_is_behind(book: Office) -> None:
    assert "private:resource/toolbar/addon_org.xlthesis.toolbar" in book.toolbars("book")
    book.formulas("book", {"A1": '=THESIS_SCORE("yesterday")', "A2": '=THESIS_LABEL("yesterday")'})
    assert book.values("book", "A1:A2") == [["#VALUE!"], ["#VALUE!"]]
    assert book.dispatch("book", "org.xlthesis:status")
    message = wait_for(lambda: book.state()["Message"])
    assert "Embedded data only" in message
    assert message.count("'yesterday' is not a date") == 1  # once, with both functions
    assert "THESIS_SCORE, THESIS_LABEL: " in message
    assert book.dispatch("book", "org.xlthesis:help")
    assert book.dispatch("book", "org.xlthesis:stop")


def test_snapshot_writes_the_workbook(book: Office, tmp_path: Path) -> None:
    out = tmp_path / "snapshot.xlsx"
    book.dispatch("book", "org.xlthesis:snapshot", {"URL": out.as_uri()})
    wait_for(lambda: not book.state()["Busy"])
    assert "Snapshot as known on" in book.state()["Message"]
    assert zipfile.is_zipfile(out)


@pytest.fixture
def served(calc_command: str, extensions: Path, tmp_path: Path) -> Iterator[tuple[Office, Services]]:
    """An office whose refresh reaches local FRED, Yahoo and ECB under their own names."""
    home = tmp_path / "home"
    home.mkdir()
    with ExitStack() as stack:
        services = Services(home, stack, some_services())
        own = {"XL_THESIS_DEFAULT": str(mini_thesis(home)), "PATH": installations.environment()["PATH"]}
        surroundings = {**services.environment, **own}
        office = Office(calc_command, tmp_path, extensions, home, **surroundings)
        stack.callback(office.stop)
        office.open("book")
        yield office, services


def test_refresh_brings_new_values_while_the_window_answers(served: tuple[Office, Services], tmp_path: Path) -> None:
    office, services = served
    office.formulas("book", {"A1": "=THESIS_ASOF()", "A2": "=THESIS_SCORE()", "A3": '=THESIS_LATEST("FRED:UNRATE")'})
    before = [cell for (cell,) in office.values("book", "A1:A3")]
    office.dispatch("book", "org.xlthesis:refresh")
    assert office.state()["Busy"] == "refresh"
    office.formulas("book", {"B1": "=1+1"})  # typed while it runs
    assert one(office, "B1")["value"] == 2
    wait_for(lambda: not office.state()["Busy"], 120)
    message = office.state()["Message"]
    after = [cell for (cell,) in office.values("book", "A1:A3")]
    assert "Scores are now as known on" in message, message
    assert after[0] == (TODAY - dt.date(1899, 12, 30)).days != before[0], message
    assert isinstance(after[1], float)
    assert after[2] != before[2]
    assert fred.KEY not in message + office.state()["Status"]
    assert services.asked() > 0

    office.formulas("book", {"B2": "=ROUND(A2;1)"})
    edited = office.values("book", "A1:B3")
    office.save("book", str(tmp_path / "refreshed.xlsx"))
    office.open("again", str(tmp_path / "refreshed.xlsx"))
    assert office.values("again", "A1:B3") == edited
    office.save("again", str(tmp_path / "refreshed.pdf"))
    assert f"{edited[1][1]:.1f}" in text_of(tmp_path / "refreshed.pdf")

    services.loopbacks.clear()  # the proxy finds none of them any more
    office.dispatch("book", "org.xlthesis:refresh")
    wait_for(lambda: not office.state()["Busy"], 120)
    assert re.search(r"series in .*: \d+ failed, \d+ unchanged", office.state()["Message"])
    for name in ("book", "again"):
        assert office.values(name, "A1:B3") == edited  # old values are kept


def test_a_window_closed_during_a_refresh_harms_nothing(served: tuple[Office, Services]) -> None:
    office, services = served
    for loopback in services.loopbacks.values():
        loopback.always = "hang"
    office.formulas("book", {"A1": "=THESIS_SCORE()"})
    before = office.values("book", "A1")
    office.open("other")
    office.dispatch("other", "org.xlthesis:refresh")
    office.close("other")
    office.dispatch("book", "org.xlthesis:stop")
    wait_for(lambda: not office.state()["Busy"], 60)
    assert office.values("book", "A1") == before


def test_stop_ends_a_refresh_and_nothing_is_lost(served: tuple[Office, Services]) -> None:
    office, services = served
    office.formulas("book", {"A1": "=THESIS_SCORE()", "A2": "=THESIS_ASOF()"})
    before = office.values("book", "A1:A2")
    for loopback in services.loopbacks.values():
        loopback.always = "hang"
    office.dispatch("book", "org.xlthesis:refresh")
    office.dispatch("book", "org.xlthesis:refresh")  # a second one says that the first is under way
    assert "still busy" in office.state()["Message"]
    office.dispatch("book", "org.xlthesis:stop")
    wait_for(lambda: not office.state()["Busy"], 60)
    assert office.values("book", "A1:A2") == before
