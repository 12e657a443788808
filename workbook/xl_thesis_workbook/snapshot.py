"""The snapshot workbook: an evaluation as a live file for people who have no Python."""

from __future__ import annotations

from pathlib import Path

from openpyxl.utils import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName

from xl_thesis.errors import InputError
from xl_thesis.files import put_file
from xl_thesis_workbook import phrases, sheets
from xl_thesis_workbook.cells import put
from xl_thesis_workbook.chart_data import HEADER, ChartData
from xl_thesis_workbook.content import SnapshotContent, gather
from xl_thesis_workbook.dashboard import Dashboard
from xl_thesis_workbook.dashboard_words import CHANGED
from xl_thesis_workbook.draft import Draft, computed, text
from xl_thesis_workbook.figures import figures
from xl_thesis_workbook.grid import Formula
from xl_thesis_workbook.history import add_history
from xl_thesis_workbook.inputs import add_inputs
from xl_thesis_workbook.layout import (
    ABOUT_SHEET,
    CHART_DATA,
    CLAIMS,
    DASHBOARD,
    DATA,
    HISTORY,
    INDICATORS,
    INPUTS_SHEET,
    MODEL_SHEET,
    PAST,
    QUESTIONS,
    RAW,
    SOURCES,
)
from xl_thesis_workbook.model import Model
from xl_thesis_workbook.package import fill
from xl_thesis_workbook.paper import print_beginning, set_page
from xl_thesis_workbook.past import add_past
from xl_thesis_workbook.saving import book_bytes

__all__ = ["SnapshotContent", "gather", "snapshot_bytes", "snapshot_parts", "write_snapshot"]


def snapshot_bytes(content: SnapshotContent) -> bytes:
    """The workbook as bytes; the same content gives the same bytes."""
    skeleton, draft = snapshot_parts(content)
    return fill(skeleton, draft.filled)


def snapshot_parts(content: SnapshotContent) -> tuple[bytes, Draft]:
    """The workbook with one row in each long table, and the draft, whose ``filled`` has all of their rows."""
    draft = Draft(content.language, is_live=content.choice != "none")
    titles = [DASHBOARD, INPUTS_SHEET, MODEL_SHEET, INDICATORS.title, CLAIMS.title, QUESTIONS.title, HISTORY.title,
              SOURCES.title, ABOUT_SHEET, DATA, PAST, CHART_DATA]  # fmt: skip
    made = {title: draft.sheet(title) for title in (*titles, *((RAW,) if content.choice == "full" else ()))}
    found = figures(content)
    sheets.add_indicators(draft, content, made[INDICATORS.title])
    sheets.add_claims(draft, content, made[CLAIMS.title])
    sheets.add_questions(draft, content, made[QUESTIONS.title])
    sheets.add_sources(draft, content, made[SOURCES.title])
    sheets.add_about(draft, content, made[ABOUT_SHEET])
    sheets.add_data(draft, content, made[DATA])
    if content.choice == "full":
        sheets.add_raw(draft, content, made[RAW])
    add_inputs(draft, content, made[INPUTS_SHEET])
    model = Model(draft, content, found)
    model.write(made[MODEL_SHEET])
    settings = add_past(draft, content, made[PAST])
    add_history(draft, content, made[HISTORY.title], settings)
    data = ChartData(draft, content, found, made[CHART_DATA])
    data.write()
    dashboard = Dashboard(draft, content, found, model, data, made[DASHBOARD])
    dashboard.write()
    _add_live_score(draft, model, content)
    for title in (INPUTS_SHEET, MODEL_SHEET, CHART_DATA):
        set_page(draft, made[title], content)
    made[MODEL_SHEET].page_setup.fitToWidth, made[MODEL_SHEET].print_title_cols = 2, "A:A"
    print_beginning(made[CHART_DATA], HEADER, made[CHART_DATA].max_column)
    for name, cell in dashboard.names.items():
        place = f"{quote_sheetname(made[DASHBOARD].title)}!{cell}"
        draft.book.defined_names[name] = DefinedName(name, attr_text=place)
    if content.choice == "none":
        _remove(draft, draft.say(DATA), draft.say(PAST))
    name_of_book = content.thesis.title.in_language(content.language)
    return book_bytes(draft.book, name_of_book, content.evaluation.as_of, draft.cached), draft


def _add_live_score(draft: Draft, model: Model, content: SnapshotContent) -> None:
    """Above the inputs: the score with them, the definition's, and how many were changed, which About says too."""
    sheet = draft.book[draft.say(INPUTS_SHEET)]
    score = computed(content.evaluation.score)
    lines = (
        (phrases.LIVE_SCORE, Formula(model.result("score"), score), "Input score"),
        (phrases.DEFINED_SCORE, content.evaluation.score, "Definition score"),
        (phrases.CHANGED_INPUTS, Formula(model.result("changed"), content.changed_inputs), "Definition"),
    )
    for row, (words, shown, style) in enumerate(lines, start=3):
        put(sheet, row, 1, draft.say(words), "Sheet note")
        draft.put(sheet, row, 3, shown, style)
    draft.put(sheet, 3, 4, Formula(model.result("label"), computed(model.found.result["label"])), "Section")
    changed, note = model.result("changed"), draft.say(CHANGED)
    known = f"{content.changed_inputs}{note}" if content.changed_inputs else ""
    about = Formula(f'IF({changed}=0,"",{changed}&{text(note)})', known)
    draft.put(draft.book[draft.say(ABOUT_SHEET)], 3, 1, about, "Section")


def _remove(draft: Draft, *titles: str) -> None:
    """Take away sheets that only formulas need."""
    for title in titles:
        for table in draft.book[title].tables:
            draft.filled.pop(table, None)
        del draft.book[title]
        draft.cached.pop(title)


def write_snapshot(content: SnapshotContent, path: Path, *, force: bool = False) -> Path:
    """Write the workbook and return its path.

    Raises ``InputError`` where the file exists and ``force`` is not given, or where it cannot be written. With
    ``force`` the old file is kept beside it as ``NAME.bak1.xlsx``, ``NAME.bak2.xlsx`` and so on.
    """
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"'{path.name}' must end in .xlsx")
    return put_file(path, snapshot_bytes(content), force=force)
