"""The sheet of inputs: what a reader may change, each cell beside the definition's value."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.definition import Indicator, Thesis
from xl_thesis_workbook import phrases
from xl_thesis_workbook.cells import Value, put
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.draft import Draft
from xl_thesis_workbook.layout import (
    INPUT_INDICATORS,
    INPUT_LABELS,
    INPUT_PILLARS,
    INPUT_RULES,
    INPUTS_SHEET,
    RULES,
    Block,
)
from xl_thesis_workbook.styles import INPUT_FILL, ORANGE
from xl_thesis_workbook.tables import head

FIRST_ROW = 8
_GAP = 3  # rows between tables, one of them the title of the next
_WIDTHS = (18.0, 56.0, *(10.5,) * 14)


def add_inputs(draft: Draft, content: SnapshotContent, sheet: Worksheet) -> None:
    """Fill the sheet; the live score above the tables is added when the model is there."""
    head(sheet, draft.say(INPUTS_SHEET), draft.say(phrases.INPUTS_NOTE))
    thesis = content.thesis
    tables: tuple[tuple[Block, list[list[Value]]], ...] = (
        (INPUT_PILLARS, _pillars(draft, thesis)),
        (INPUT_INDICATORS, [_indicator(draft, item) for item in thesis.indicators]),
        (INPUT_LABELS, _labels(draft, thesis)),
        (INPUT_RULES, _rules(draft, thesis)),
    )
    row = FIRST_ROW
    for block, rows in tables:
        put(sheet, row - 1, 1, draft.say(phrases.INPUT_TITLES[block.table]), "Section")
        last = draft.table(sheet, block, rows, row=row)
        sheet.row_dimensions[row].height = 32
        _style_blanks(sheet, block, rows, row)
        _validate(draft, sheet, block, row + 1, last)
        _mark_changes(sheet, block, row + 1, last)
        row = last + _GAP
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"B{FIRST_ROW - 1}"


def _pillars(draft: Draft, thesis: Thesis) -> list[list[Value]]:
    return [
        [pillar.id, pillar.title.in_language(draft.language), 1, 1, float(pillar.weight), float(pillar.weight)]
        for pillar in thesis.pillars
    ]


def _indicator(draft: Draft, item: Indicator) -> list[Value]:
    posts: tuple[float | None, ...] = (None, None, None)
    scale = None
    if item.normalise.kind == "goalposts":
        posts = item.normalise.posts
    elif item.normalise.kind == "normal_cdf":
        posts, scale = (None, item.normalise.neutral, None), item.normalise.scale
    pairs = [1, item.weight, item.direction, *posts, scale]
    return [item.id, item.title.in_language(draft.language), *(value for pair in pairs for value in (pair, pair))]


def _labels(draft: Draft, thesis: Thesis) -> list[list[Value]]:
    return [
        [label.id, label.text.in_language(draft.language), float(label.below), float(label.below)]
        for label in thesis.labels
    ]


def _rules(draft: Draft, thesis: Thesis) -> list[list[Value]]:
    values = {name: float(getattr(thesis.method, name)) for name in RULES}
    return [[name, draft.say(phrases.RULES[name]), value, value] for name, value in values.items()]


def input_pairs(block: Block) -> list[tuple[str, str]]:
    """Headers of the input columns of a table, each with that of the definition's value."""
    headers = [column.header for column in block.columns]
    styles = [column.style for column in block.columns]
    return [(headers[place], headers[place + 1]) for place, style in enumerate(styles) if style.startswith("Input")]


def changed_formula(draft: Draft) -> str:
    """The formula that counts the inputs that differ from the definition."""
    blocks = (INPUT_PILLARS, INPUT_INDICATORS, INPUT_LABELS, INPUT_RULES)
    areas = [
        (draft.area(block.table, now), draft.area(block.table, then))
        for block in blocks
        for now, then in input_pairs(block)
    ]
    return "+".join(f"SUMPRODUCT(--({now}<>{then}))" for now, then in areas)


def _style_blanks(sheet: Worksheet, block: Block, rows: Sequence[Sequence[Value]], header_row: int) -> None:
    """Cells that have no meaning for a row are no inputs."""
    for row, values in enumerate(rows, start=header_row + 1):
        for place, (column, value) in enumerate(zip(block.columns, values, strict=True), start=1):
            if value is None and column.style.startswith("Input"):
                sheet.cell(row, place).style = "Definition"


def _validate(draft: Draft, sheet: Worksheet, block: Block, first: int, last: int) -> None:
    """What a cell takes: a switch 1 or 0, a direction 1 or -1, a weight from 0 on, limits that ascend."""
    for now, _ in input_pairs(block):
        letter = get_column_letter(block[now] + 1)
        rule = _rule(block, now, letter, first)
        rule.showErrorMessage = rule.showInputMessage = True
        rule.errorTitle = draft.say(phrases.CHECK_TITLE)
        rule.error = draft.say(phrases.CHECKS[_kind(block, now)])
        rule.allow_blank = False
        for row in range(first, last + 1):
            if sheet.cell(row, block[now] + 1).value is not None:
                rule.add(f"{letter}{row}")
        if rule.sqref.ranges:
            sheet.add_data_validation(rule)


def _kind(block: Block, header: str) -> str:
    if header in ("On", "Direction", "Weight", "Scale"):
        return header
    return {"InputLabels": "Below", "InputRules": "Share"}.get(block.table, "Posts")


def _rule(block: Block, header: str, letter: str, first: int) -> DataValidation:
    match _kind(block, header):
        case "On":
            return DataValidation(type="list", formula1='"1,0"')
        case "Direction":
            return DataValidation(type="list", formula1='"1,-1"')
        case "Weight":
            return DataValidation(type="decimal", operator="between", formula1="0", formula2="1000")
        case "Scale":
            return DataValidation(type="decimal", operator="greaterThan", formula1="0")
        case "Share":
            return DataValidation(type="decimal", operator="between", formula1="0", formula2="1")
        case "Below":
            above = f"N({letter}{first - 1})"  # the header counts as 0
            return DataValidation(
                type="custom", formula1=f"AND(ISNUMBER({letter}{first}),{letter}{first}>={above},{letter}{first}<=100)"
            )
        case _:
            low, middle, high = (get_column_letter(block[name] + 1) for name in ("Scores 0", "Scores 50", "Scores 100"))
            ascend = f'OR({low}{first}="",AND({low}{first}<{middle}{first},{middle}{first}<{high}{first}))'
            return DataValidation(type="custom", formula1=f"AND(ISNUMBER({letter}{first}),{ascend})")


def _mark_changes(sheet: Worksheet, block: Block, first: int, last: int) -> None:
    """An input that differs from the definition stands out, in colour and in weight."""
    for now, then in input_pairs(block):
        here, there = (get_column_letter(block[name] + 1) for name in (now, then))
        rule = FormulaRule(
            formula=[f"${here}{first}<>${there}{first}"],
            font=Font(bold=True, color=ORANGE),
            fill=PatternFill(bgColor=INPUT_FILL, fill_type="solid"),
        )
        sheet.conditional_formatting.add(f"{here}{first}:{here}{last}", rule)
