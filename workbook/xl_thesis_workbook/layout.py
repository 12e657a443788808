"""Sheets, tables and columns of the snapshot, as data.

**What a workbook is known by.** A block is known by the name of its Excel table, a column by its header; sheets may be
moved or renamed. Headers are in the language that ``ThesisAbout`` names. Kinds of tables:

    values     one row a key, nothing but values; an update replaces or appends rows by the key, the first column
    inputs     cells that a reader changes, each beside the definition's value
    formulas   fixed in size: they look into the other tables, and never grow

The structure depends on the definition, the language and the kind of data alone, never on what is known: an indicator
that has no history yet has a table with one empty row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xl_thesis_workbook.language import Language, Words, words

Kind = Literal["values", "inputs", "formulas"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its header, width in characters, the style of its cells, and its header in Chinese."""

    header: str
    width: float
    style: str
    zh: str = ""

    def name(self, language: Language) -> str:
        """The header in a language."""
        return self.zh if language == "zh-Hant" and self.zh else self.header

    @property
    def is_wrapped(self) -> bool:
        """Whether its texts may take several lines."""
        return self.style.endswith("wrap") or self.style == "Line"


@dataclass(frozen=True, slots=True)
class Block:
    """A named table: its kind, its columns (the first is the key)."""

    table: str
    kind: Kind
    columns: tuple[Column, ...]

    def __getitem__(self, header: str) -> int:
        """Place of a column by its English header, from 0."""
        return [column.header for column in self.columns].index(header)


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A sheet that holds one table: its title, the line that says what it is, and how it is frozen and printed.

    ``frozen`` is the first cell that scrolls: the id alone stays, or a phone would show nothing else. From the column
    headed ``second_page`` on, print goes to a second page, which repeats the first ``repeated`` columns.
    """

    title: Words
    note: Words
    block: Block
    frozen: str
    second_page: str | None = None
    repeated: int = 1


DASHBOARD = words("Dashboard", "儀表板")

ABOUT = Block("ThesisAbout", "values", (Column("Key", 24, "Body", "鍵"), Column("Value", 90, "Body wrap", "值")))
ABOUT_SHEET = words("About", "關於本檔")

INPUTS_SHEET = words("Inputs", "輸入")
INPUT_PILLARS = Block("InputPillars", "inputs", (
    Column("Id", 18, "Body", "代號"), Column("Pillar", 56, "Body wrap", "支柱"),
    Column("On", 8, "Input switch", "啟用"), Column("Definition: on", 10, "Definition", "定義：啟用"),
    Column("Weight", 9, "Input", "權重"), Column("Definition: weight", 10, "Definition", "定義：權重"),
))  # fmt: skip
INPUT_INDICATORS = Block("InputIndicators", "inputs", (
    Column("Id", 18, "Body", "代號"), Column("Indicator", 56, "Body wrap", "指標"),
    Column("On", 8, "Input switch", "啟用"), Column("Definition: on", 10, "Definition", "定義：啟用"),
    Column("Weight", 9, "Input", "權重"), Column("Definition: weight", 10, "Definition", "定義：權重"),
    Column("Direction", 9, "Input", "方向"), Column("Definition: direction", 10, "Definition", "定義：方向"),
    Column("Scores 0", 9, "Input", "得 0 分"), Column("Definition: scores 0", 10, "Definition", "定義：得 0 分"),
    Column("Scores 50", 9, "Input", "得 50 分"), Column("Definition: scores 50", 10, "Definition", "定義：得 50 分"),
    Column("Scores 100", 9, "Input", "得 100 分"),
    Column("Definition: scores 100", 10, "Definition", "定義：得 100 分"),
    Column("Scale", 9, "Input", "尺度"), Column("Definition: scale", 10, "Definition", "定義：尺度"),
))  # fmt: skip
INPUT_LABELS = Block("InputLabels", "inputs", (
    Column("Id", 18, "Body", "代號"), Column("Label", 56, "Body", "標籤"),
    Column("Below", 8, "Input", "低於"), Column("Definition: below", 10, "Definition", "定義：低於"),
))  # fmt: skip
INPUT_RULES = Block("InputRules", "inputs", (
    Column("Id", 18, "Body", "代號"), Column("Rule", 56, "Body wrap", "規則"),
    Column("Value", 8, "Input", "值"), Column("Definition: value", 10, "Definition", "定義：值"),
))  # fmt: skip
RULES = ("min_pillar_coverage", "partial_below", "withheld_below")

INDICATORS = SheetPlan(
    words("Indicators", "指標"),
    words(
        "What was measured, from which series, how late it is, and what would prove it wrong. Scores and weights are"
        " on the sheet Model.",
        "衡量什麼、取自哪個序列、是否延遲，以及何種結果會推翻它。分數與權重見「計算」工作表；附註中有英文原文。",
    ),
    Block("ThesisIndicators", "values", (
        Column("Id", 19, "Body", "代號"), Column("Pillar", 10, "Body", "支柱"),
        Column("Indicator", 38, "Body wrap", "指標"), Column("Value", 10, "Body number", "數值"),
        Column("Unit", 17, "Body wrap", "單位"), Column("Observed on", 12, "Body date", "觀測日"),
        Column("Available at", 12, "Body date", "可得日"), Column("Proxy", 7, "Body", "替代"),
        Column("Precomputed", 12, "Body", "預先計算"), Column("Contested", 10, "Body", "有爭議"),
        Column("Grade", 7, "Body", "等級"), Column("Source", 34, "Body wrap", "來源"),
        Column("Reason or note", 44, "Body wrap", "原因或附註"),
        Column("Would be wrong if", 44, "Body wrap", "何時證明有誤"), Column("Wrong on", 12, "Body date", "判定日"),
        Column("Method", 12, "Body", "方法"), Column("Frequency", 11, "Body", "頻率"),
        Column("Lag in days", 8, "Body count", "延遲天數"), Column("Every day", 8, "Body count", "每日"),
        Column("Given score", 8, "Body points", "既定分數"),
    )),
    frozen="B5",
    second_page="Source",
    repeated=3,
)  # fmt: skip
METHODS = ("midrank", "normal_cdf", "goalposts", "given", "none")

MODEL_SHEET = words("Model", "計算")
MODEL = Block("ThesisModel", "formulas", (
    Column("Id", 19, "Body", "代號"), Column("Indicator", 40, "Body", "指標"),
    Column("Pillar number", 8, "Body count", "支柱序號"), Column("Method", 12, "Body", "方法"),
    Column("Value", 10, "Body number", "數值"), Column("Values", 8, "Body count", "筆數"),
    Column("Less", 8, "Body count", "較低"), Column("Equal", 8, "Body count", "相等"),
    Column("Months", 10, "Body count", "月數"), Column("Years", 8, "Body points", "年數"),
    Column("Percentile", 10, "Body points", "百分位"), Column("Undirected", 10, "Body points", "未定向分數"),
    Column("Score", 12, "Body points", "分數"), Column("Next due", 12, "Body date", "下次應公布"),
    Column("Days overdue", 11, "Body count", "逾期天數"), Column("Freshness", 10, "Body percent", "新鮮度"),
    Column("Weight", 9, "Body number", "採用權重"), Column("Live weight", 12, "Body number", "有效權重"),
    Column("Live points", 12, "Body number", "加權分數"),
    Column("Effective weight", 12, "Body percent 1", "占總分權重"),
    Column("Contribution", 12, "Body number", "貢獻"), Column("Units", 7, "Body count", "單位數"),
    Column("Remainder", 10, "Body number", "餘數"), Column("Points", 8, "Body signed", "點數"),
    Column("Status", 10, "Body", "狀態"), Column("Age in days", 8, "Body count", "天數"),
    Column("Weight in all", 9, "Body percent 1", "占全部權重"),
    Column("Lost weight", 9, "Body percent 1", "未計權重"),
    Column("Uncontested weight", 12, "Body number", "無爭議權重"),
    Column("Uncontested live", 12, "Body number", "無爭議有效"), Column("As defined", 9, "Body count", "依定義"),
))  # fmt: skip
MODEL_PILLARS = Block("ThesisPillars", "formulas", (
    Column("Id", 19, "Body", "代號"), Column("Pillar", 40, "Body", "支柱"), Column("Role", 8, "Body", "角色"),
    Column("Weight", 12, "Body number", "採用權重"), Column("Share", 10, "Body percent 1", "占比"),
    Column("Declared", 8, "Body number", "宣告權重"), Column("Live", 8, "Body number", "有效權重"),
    Column("Coverage", 8, "Body percent", "涵蓋率"), Column("Published", 8, "Body count", "公布"),
    Column("Mean", 8, "Body points", "平均"), Column("Score", 10, "Body points", "分數"),
    Column("Effective weight", 10, "Body percent 1", "占總分權重"), Column("Contribution", 8, "Body number", "貢獻"),
    Column("Units", 12, "Body count", "單位數"), Column("Remainder", 9, "Body number", "餘數"),
    Column("Points", 10, "Body signed", "點數"), Column("Nominal coverage", 9, "Body percent", "名目涵蓋率"),
    Column("Uncontested declared", 9, "Body number", "無爭議宣告"),
    Column("Uncontested coverage", 10, "Body percent", "無爭議涵蓋率"),
    Column("Uncontested published", 10, "Body count", "無爭議公布"),
    Column("Uncontested mean", 11, "Body points", "無爭議平均"),
    Column("Oldest in days", 7, "Body count", "最舊天數"),
))  # fmt: skip
RESULT = Block("ThesisResult", "formulas", (Column("Id", 19, "Body", "代號"), Column("Value", 40, "Body", "值")))
PATIENCE = Block("ThesisPatience", "values", (
    Column("Frequency", 19, "Body", "頻率"), Column("Grace days", 40, "Body count", "寬限天數"),
    Column("Hard limit", 8, "Body count", "上限天數"),
))  # fmt: skip

CLAIMS = SheetPlan(
    words("Claims", "主張"),
    words("Every statement of the thesis in our words, what would prove it wrong, and when.",
          "論點的每一項陳述（以我們的話寫成）、何種結果會推翻它，以及何時判定；數字、證據與其後發展為英文原文。"),
    Block("ThesisClaims", "values", (
        Column("Id", 6, "Body", "代號"), Column("Group", 10, "Body", "類別"), Column("Kind", 12, "Body", "種類"),
        Column("Claim", 48, "Body wrap", "主張"), Column("Number", 15, "Body wrap", "數字"),
        Column("Tested by", 28, "Body wrap", "檢驗序列"),
        Column("Would be wrong if", 40, "Body wrap", "何時證明有誤"), Column("Wrong on", 12, "Body date", "判定日"),
        Column("At publication", 15, "Body wrap", "發表時"), Column("Evidence", 44, "Body wrap", "證據"),
        Column("Later", 40, "Body wrap", "其後"),
    )),
    frozen="B5",
    second_page="Wrong on",
    repeated=3,
)  # fmt: skip
QUESTIONS = SheetPlan(
    words("Questions", "問題"),
    words("Dated questions that can be resolved; those written with hindsight never count in a forecast score.",
          "有期限、可判定的問題；事後才寫下的問題不列入預測評分。由序列判定的證據為英文。"),
    Block("ThesisQuestions", "values", (
        Column("Id", 6, "Body", "代號"), Column("Question", 46, "Body wrap", "問題"),
        Column("Criterion", 46, "Body wrap", "判準"), Column("A yes speaks", 10, "Body", "「是」代表"),
        Column("Opens", 12, "Body date", "起始日"), Column("Resolves", 12, "Body date", "判定日"),
        Column("Origin", 13, "Body", "來源"), Column("Hindsight", 10, "Body", "事後"),
        Column("Base rate", 9, "Body percent", "基準率"), Column("Resolution", 11, "Body", "結果"),
        Column("Evidence", 46, "Body wrap", "證據"), Column("Next", 8, "Body count", "順序"),
    )),
    frozen="B5",
)  # fmt: skip
CHANGES = Block("ThesisChanges", "values", (
    Column("Rank", 24, "Body", "順序"), Column("Cause", 66, "Body", "成因"), Column("What", 46, "Body wrap", "項目"),
    Column("Points", 9, "Body signed", "點數"),
    Column("Details", 60, "Body wrap", "說明"),
))  # fmt: skip
CHANGE_ROWS = 8

HISTORY = SheetPlan(
    words("Score history", "分數歷史"),
    words(
        "As known on each day, recomputed with today's definition and every input of the sheet Inputs: reconstructed,"
        " not recorded.",
        "依當日所知，以今日定義及「輸入」工作表的所有輸入重新計算：屬重建，並非當時紀錄。",
    ),
    Block("ScoreHistory", "formulas", (
        Column("As of", 12, "Data date", "截至"), Column("Score", 10, "Data points", "分數"),
        Column("Since publication", 12, "Data points", "發表以來"), Column("Outcomes", 10, "Data points", "結果"),
        Column("Drivers", 10, "Data points", "成因"), Column("Coverage", 10, "Data percent", "涵蓋率"),
        Column("Row", 7, "Data count", "列"),
    )),  # then for each pillar its coverage and its mean, and for each indicator its score
    frozen="B5",
)  # fmt: skip
HISTORY_PARTS = (
    words("Known: {id}", "已知：{id}"),
    words("Mean: {id}", "平均：{id}"),
    words("Score: {id}", "分數：{id}"),
)
PAST = words("Past readings", "歷史讀數")
PAST_SCORES, PAST_FRESHNESS, PAST_BASIS = "HistoryScores", "HistoryFreshness", "HistoryBasis"
AS_OF = Column("As of", 12, "Data date", "截至")

SOURCES = SheetPlan(
    words("Sources", "來源"),
    words("Series behind the score. Grade A: values as known on the day. B: later values, delayed by their usual lag.",
          "分數背後的序列。A 級：當日所知數值；B 級：事後數值，依慣常公布落差延後。"),
    Block("ThesisSources", "values", (
        Column("Series", 30, "Body wrap", "序列"), Column("Title", 42, "Body wrap", "名稱"),
        Column("Publisher", 26, "Body wrap", "發布者"), Column("Licence", 26, "Body wrap", "授權"),
        Column("Notice", 32, "Body wrap", "聲明"), Column("Grade", 7, "Body", "等級"),
        Column("First", 12, "Body date", "首筆"), Column("Last", 12, "Body date", "末筆"),
        Column("Available at", 12, "Body date", "可得日"), Column("Age in days", 8, "Body count", "天數"),
        Column("Observations", 13, "Body count", "筆數"), Column("Proxy for", 20, "Body wrap", "替代對象"),
        Column("In this file", 16, "Body wrap", "本檔所含"), Column("Used by", 26, "Body wrap", "用於"),
    )),
    frozen="B5",
)  # fmt: skip

DATA = words("Data", "資料")
DATA_COLUMNS = (
    Column("Observed on", 12, "Data date", "觀測日"), Column("Value", 14, "Data number", "數值"),
    Column("New month", 8, "Data count", "新月份"),
)  # fmt: skip
RAW = words("Series in full", "完整序列")
RAW_COLUMNS = (
    Column("Observed on", 12, "Data date", "觀測日"), Column("Value", 14, "Data number", "數值"),
    Column("Available at", 12, "Data date", "可得日"),
)  # fmt: skip
CHART_DATA = words("Chart data", "圖表資料")


def data_table(indicator: str) -> str:
    """The table of an indicator's transformed history.

    >>> data_table("broad_usd")
    'Data_broad_usd'
    """
    return f"Data_{indicator}"
