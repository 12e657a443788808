"""The real COM server of xlwings in a Windows Python under Wine, called from a second process as Excel's VBA calls it.

``XL_THESIS_WINE_PYTHON`` names the folder that tools/wine_python.py has filled.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import hosts_are_required
from tests.hosts.wine import Client, com_client, prepared, run_script
from tools.wine_python import windows_path
from xl_thesis import artefacts, mailed
from xl_thesis_udfs import edge, formula, functions  # noqa: F401 - fills the registry
from xl_thesis_udfs.edge import CellError
from xl_thesis_udfs.hosts import xlwings_vba
from xl_thesis_udfs.registry import FUNCTIONS

pytestmark = pytest.mark.host

LIBRARY = Path(__file__).with_name("dll_client.py")
INSTALL = Path(__file__).with_name("install_client.py")
ERROR = "\x01"
NUMBERS = {"#VALUE!": 2015, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042}
PROCESS_FUNCTIONS = {"THESIS_STATUS", "THESIS_PUBLISHED"}
"""What failed in a process and what was given out from a folder are their own: two of them do not answer alike."""


@pytest.fixture(scope="module")
def windows_python() -> Path:
    """The folder of a Windows Python under Wine."""
    folder = prepared()
    if folder is None:
        reason = "there is no Windows Python under Wine: run tools/wine_python.py and set XL_THESIS_WINE_PYTHON"
        pytest.fail(reason) if hosts_are_required() else pytest.skip(reason)
    return folder


@pytest.fixture(scope="module")
def client(windows_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with com_client(windows_python, tmp_path_factory.mktemp("wine") / "home") as found:
        yield found


@pytest.fixture
def cells(client: Client, private_home: None) -> Callable[[list[tuple[str, list[Any]]]], list[Any]]:
    """Values of cell functions, by name and arguments."""

    def values(calls: list[tuple[str, list[Any]]]) -> list[Any]:
        asked = [("cell", [name, arguments], 1) for name, arguments in calls]
        return [answer["value"] for answer in client.ask(asked)]

    return values


def carried(value: Any) -> Any:
    """A direct call's value as it arrives in the second process, as JSON."""
    if isinstance(value, list):
        rows = [[carried(item) for item in row] for row in value]
        return rows if len(rows) > 1 else rows[0] if len(rows[0]) > 1 else rows[0][0]
    if isinstance(value, CellError):
        return f"{ERROR}{NUMBERS[value.code]}"
    if isinstance(value, dt.date):
        return {"date": value.isoformat()} if value >= dt.date(1900, 3, 1) else value.isoformat()
    return value


def alike(ours: Any, theirs: Any) -> bool:
    """Equal; numbers to the last digits, since another build of numpy adds in another order."""
    if isinstance(ours, list):
        return isinstance(theirs, list) and len(ours) == len(theirs) and all(map(alike, ours, theirs))
    if isinstance(ours, float) and not isinstance(theirs, str | dict | list):
        return theirs == pytest.approx(ours, rel=1e-9, abs=1e-12)
    return ours == theirs


def test_every_function_through_com_is_the_direct_call(cells: Any) -> None:
    calls = [formula.parse(spec.example) for spec in FUNCTIONS.values()]
    for (name, arguments), value in zip(calls, cells(calls), strict=True):
        if name not in PROCESS_FUNCTIONS:
            assert alike(carried(edge.call(name, arguments)), value), name


def test_every_function_without_arguments_or_with_bad_ones_is_the_direct_call(cells: Any) -> None:
    calls: list[tuple[str, list[Any]]] = []
    for name, spec in FUNCTIONS.items():
        if name not in PROCESS_FUNCTIONS:
            given = [["no such thing" if item.kind != "number" else 1e9 for item in spec.arguments]]
            calls += [(name, arguments) for arguments in (*given, [f"{ERROR}2036"], [True])]
    for (name, arguments), value in zip(calls, cells(calls), strict=True):
        direct = [CellError("#NUM!") if item == f"{ERROR}2036" else item for item in arguments]
        assert alike(carried(edge.call(name, direct)), value), (name, arguments)


def test_arguments_of_every_kind_arrive(cells: Any) -> None:
    day = {"date": "2026-06-30"}
    calls = [("THESIS_SCORE", [given]) for given in ("2026-06-30", 46203, day, [[46203]], [[day]])]
    calls += [("THESIS_SCORE", [None, None]), ("THESIS_SCORE", [{"missing": True}]), ("THESIS_SCORE", [[[1, 2]]])]
    *days, blank, missing, area = cells(calls)
    assert len(set(days)) == 1 and alike(edge.call("THESIS_SCORE", ["2026-06-30"]), days[0])
    assert alike(edge.call("THESIS_SCORE", []), blank)
    assert missing == f"{ERROR}2015"  # our VBA sends Empty instead
    assert area == f"{ERROR}2015"


def test_a_table_of_two_thousand_rows_spills_with_dates_and_errors(cells: Any) -> None:
    arguments = ["score", "2018-01-01", "2026-06-30", "d"]
    (table,) = cells([("THESIS_HISTORY", arguments)])
    assert len(table) > 2000
    assert table[1][0] == {"date": "2018-01-01"}
    assert alike(carried(edge.call("THESIS_HISTORY", arguments)), table)
    (indicators,) = cells([("THESIS_TABLE", ["indicators", "2026-06-30"])])
    assert any(item == f"{ERROR}2042" for row in indicators for item in row)


def test_the_token_is_a_word_that_stays_while_nothing_changes(client: Client) -> None:
    first, second = (answer["value"] for answer in client.ask([("token", [], 1), ("token", [], 1)]))
    assert isinstance(first, str) and first == second


def test_buttons_answer_through_com_and_a_snapshot_is_written_and_updated(client: Client, tmp_path: Path) -> None:
    """Asked as the VBA asks: a word, a sentence, and the state of what runs in the background."""

    def press(action: str, argument: str = "", thesis: str = "") -> str:
        (answer,) = client.ask([("press", [action, argument, thesis], 1)])
        return str(answer["value"])

    assert "Thesis: jobless_boom" in press("settings", "", "jobless_boom")
    assert press("nothing").startswith("failed\tthere is no button")
    book = tmp_path / "book.xlsx"
    state, ends = press("snapshot", windows_path(book), "jobless_boom"), time.monotonic() + 120
    while state.startswith("running") and time.monotonic() < ends:
        time.sleep(0.3)
        state = press("state")
    assert state.startswith("done\tSnapshot: ") and state.endswith("book.xlsx")
    opened = mailed.open_mailed(book)
    assert (opened.thesis, str(opened.as_of)) == ("jobless_boom", "2026-07-22")
    assert press("update", windows_path(book)).startswith("done\tjobless_boom: from 2026-07-22 to 2026-07-22")


def test_the_definition_of_a_template_is_read_through_com(
    client: Client, excel_files: dict[str, bytes], cells: Any
) -> None:
    (copied,) = client.ask([("press", ["copy", "", ""], 1)])
    inside = copied["value"].split("\t")[2]
    path = wine_path(inside)
    path.write_bytes(excel_files["xl_thesis.xlsm"])
    (answer,) = client.ask([("press", ["apply", inside, ""], 1)])
    said, _, thesis = answer["value"].split("\t")
    assert said == "done" and thesis.endswith("my_thesis.yaml") and not path.exists()
    assert cells([("THESIS_SCORE", ["2026-06-30", thesis])]) == cells([("THESIS_SCORE", ["2026-06-30"])])


def wine_path(inside: str) -> Path:
    """A path of Wine as this machine names it."""
    drive, _, rest = inside.replace("\\", "/").partition(":")
    folder = prepared()
    assert folder is not None
    return Path(rest) if drive.upper() == "Z" else folder / "prefix" / f"drive_{drive.lower()}" / rest.lstrip("/")


def test_the_library_that_excel_loads_starts_our_server_by_the_command_line_of_our_vba(
    windows_python: Path, tmp_path: Path
) -> None:
    """The real xlwings64 library makes the process, waits for the server and hands it over, one for all calls."""
    lines = map(str.strip, xlwings_vba.modules()["xlwings"].splitlines())
    tail = next(line for line in lines if line.startswith("tail = "))
    given = {"LicenseKeyEnvString": "", "PYTHONPATH": "False;;;;;;"}
    pieces = re.findall(r'"(?:[^"]|"")*"|\w+', tail.partition("tail = ")[2])
    said = "".join(given.get(piece, piece[1:-1].replace('""', '"')) for piece in pieces)
    command, answer = tmp_path / "command.txt", tmp_path / "answer.json"
    python = windows_path(windows_python / "python" / "python.exe")
    command.write_text(f'cmd.exe  /K ""{python}"{said}"')
    run_script(windows_python, tmp_path / "home", LIBRARY, windows_path(command), windows_path(answer))
    token, score, error, same_server = json.loads(answer.read_text())
    assert token and same_server and error == f"{ERROR}2015"
    assert alike(edge.call("THESIS_SCORE", []), score)


def test_install_upgrade_and_uninstall_on_windows_own_files(
    windows_python: Path, excel_files: dict[str, bytes], tmp_path: Path
) -> None:
    """xlwings' own installer, Windows' folders, code page and locks; only Excel is not asked where its folder is."""
    for name in artefacts.ADDINS:
        (tmp_path / name).write_bytes(excel_files[name])
    answer = tmp_path / "answer.json"
    run_script(windows_python, tmp_path / "home", INSTALL, windows_path(tmp_path), windows_path(answer))
    found = json.loads(answer.read_text())
    installed, nothing, removed, left = found["absent"]
    assert installed[0] == 2 and "Excel does not start" in installed[1]
    assert nothing == [0, "Nothing was installed.\n"] and removed[0] == 0 and "Removed: " in removed[1]
    assert left == [False, False]
    assert found["before"][0] == 2 and found["before"][1].count("run `xl-thesis install`") == 3
    assert found["install"][0] == 0 and "Start Excel" in found["install"][1]
    assert found["status"][0] == 0 and all(check["ok"] for check in json.loads(found["status"][1]))
    assert found["setting"] == f'"INTERPRETER_WIN","{found["python"]}"\n'
    assert found["held"][0] == 2 and "Excel holds the old one open. Close Excel and run" in found["held"][1]
    assert found["held status"][0] == 2 and "is of another version: close Excel" in found["held status"][1]
    assert found["held uninstall"][0] == 2 and "close Excel and run" in found["held uninstall"][1]
    assert found["kept"] == ["an older version"] * 2
    code, said, *kept = found["no setting"]
    assert code == 2 and "the setting cannot be written to" in said and kept == found["kept"]
    assert found["upgrade"][0] == 0 and found["same"] == [True, True]
    assert found["uninstall"][0] == 0 and found["uninstall"][1].count("Removed: ") == 3
    assert found["left"] == [] and found["again"] == [0, "Nothing was installed.\n"]
