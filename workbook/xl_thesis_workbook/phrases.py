"""The sentences of the sheets behind the dashboard, in both languages."""

from __future__ import annotations

from xl_thesis_workbook.language import words

INPUTS_NOTE = words(
    "Type into the cream cells: everything in this workbook follows. Beside each stands the definition's value; copy it"
    " back to reset.",
    "可更改米色儲存格，整本活頁簿隨之重算。右側灰字為定義值，複製回來即可還原。",
)
INPUT_TITLES = {
    "InputPillars": words("Pillars: on (1) or off (0), weight", "支柱：啟用（1）或停用（0）、權重"),
    "InputIndicators": words(
        "Indicators: on or off, weight within the pillar, direction (1: a higher value supports the thesis), goalposts"
        " or neutral value and scale",
        "指標：啟用或停用、支柱內權重、方向（1：數值越高越支持論點）、門檻或中性值與尺度",
    ),
    "InputLabels": words("Labels: a score below the limit gets the label", "標籤：分數低於界限即得此標籤"),
    "InputRules": words("Rules of coverage, as shares of weight", "涵蓋率規則（占權重比例）"),
}
RULES = {
    "min_pillar_coverage": words("A pillar counts from this share of known weight on", "支柱計入總分所需的已知權重"),
    "partial_below": words("Below this coverage the score is partial evidence", "涵蓋率低於此值屬部分證據"),
    "withheld_below": words("Below this coverage there is no score", "涵蓋率低於此值不公布分數"),
}
CHECK_TITLE = words("Not a value for this cell", "此儲存格不接受該值")
CHECKS = {
    "On": words("Type 1 for on or 0 for off.", "請輸入 1（啟用）或 0（停用）。"),
    "Direction": words("Type 1 or -1.", "請輸入 1 或 -1。"),
    "Weight": words("Type a number from 0 to 1000.", "請輸入 0 至 1000 的數字。"),
    "Scale": words("Type a number above 0.", "請輸入大於 0 的數字。"),
    "Share": words("Type a share from 0 to 1.", "請輸入 0 至 1 的比例。"),
    "Below": words("Type limits that ascend, up to 100.", "界限須由小到大，最高 100。"),
    "Posts": words(
        "Type three values that ascend; the direction comes afterwards.", "三個值須由小到大；方向另行套用。"
    ),
}
LIVE_SCORE = words("Score with these inputs", "依目前輸入的分數")
DEFINED_SCORE = words("Score by the definition", "依定義的分數")
CHANGED_INPUTS = words("Inputs changed", "已更改的輸入")

MODEL_NOTE = words(
    "Every step from the data to the score, in formulas. Nothing here is to be typed over: change the sheet Inputs.",
    "由資料到分數的每一步，皆為公式。請勿在此輸入；請改「輸入」工作表。",
)
MODEL_TITLES = {
    "ThesisResult": words("Result", "結果"),
    "ThesisPillars": words("Pillars", "支柱"),
    "ThesisModel": words("Indicators", "指標"),
    "ThesisPatience": words("When a value is late", "數值何時算延遲"),
}

DATA_NOTE = words(
    "What percentiles are taken in: each series after its transform, as known on the day of the score. Vendors' prices"
    " themselves are not in this file.",
    "計算百分位所用的資料：各序列轉換後、截至評分日所知的數值。本檔不含供應商價格原始資料。",
)
DATA_NOTE_FULL = words(
    "What percentiles are taken in: each series after its transform, as known on the day of the score.",
    "計算百分位所用的資料：各序列轉換後、截至評分日所知的數值。",
)
RAW_NOTE = words(
    "The series behind the score, in full, as known on its day, vendors' prices included: pass this file on only where"
    " your licence allows it.",
    "分數背後的完整序列（截至評分日所知），含供應商價格：僅可在您的授權範圍內轉傳。",
)
USED_BY = words("used by {names}", "用於 {names}")
PAST_NOTE = words(
    "Each indicator as known at each month-end: its score by the definition, its freshness, and the value that"
    " goalposts or a scale score (0 at a percentile that came with the package). Above: the weights in use by pillar,"
    " and whether a direction was turned.",
    "各指標在每月底所知的情況：依定義的分數、新鮮度，以及由門檻或尺度計分的數值（0：隨套件提供的百分位）。上方"
    "為各支柱採用的權重，以及方向是否反轉。",
)
PAST_TITLES = (words("Scores", "分數"), words("Freshness", "新鮮度"), words("Values", "數值"))
PAST_TURNED = words("Turned: -1", "反轉：-1")
SHARES = (words("Share of all", "占全部"), words("Share of outcomes", "占結果"), words("Share of drivers", "占成因"))
CHART_NOTE = words(
    "What the charts draw, in windows of fixed size: after an update they show the newest months.",
    "圖表所繪的資料；視窗大小固定，更新後顯示最新月份。",
)

IN_FILE = {
    "full": words("in full", "完整"),
    "derived": words("after its transform", "轉換後"),
    "none": words("nothing", "無"),
    "score": words("its score", "僅分數"),
}
DATA_STATED = {
    "full": words(
        "Data in this file: full. It holds the series behind the score, vendors' prices included; pass it on only where"
        " your licence allows it.",
        "本檔資料：完整。含分數背後的序列與供應商價格，僅可在授權範圍內轉傳。",
    ),
    "derived": words(
        "Data in this file: derived. It holds series after their transforms and scores, no vendor's prices.",
        "本檔資料：衍生。僅含轉換後的序列與分數，不含供應商價格。",
    ),
    "none": words(
        "Data in this file: none. Values only: no formula, nothing to recompute.",
        "本檔資料：無。只有數值，沒有公式，無法重算。",
    ),
}
REPRODUCE = words(
    "Reproduce with xl-thesis {version}: xl-thesis score --thesis {thesis} --as-of {as_of}",
    "以 xl-thesis {version} 重現：xl-thesis score --thesis {thesis} --as-of {as_of}",
)
CREDITS = words(
    "ECB series: source European Central Bank. World Bank series: CC BY 4.0. FRED-MD vintages: McCracken and Ng (2016)."
    " A dollar index rebuilt from reference rates is not the ICE U.S. Dollar Index.",
    "ECB 序列來源：歐洲中央銀行（source European Central Bank）。世界銀行序列：CC BY 4.0。FRED-MD 歷史版本：McCracken"
    " 與 Ng（2016）。依參考匯率重建的美元指數並非 ICE 美元指數。",
)
ABOUT_NOTE = words(
    "What this file was made from and how to get the same again; programs that bring it up to date read this table.",
    "本檔由何而來、如何重現；更新程式也讀取此表。",
)
FOOTER_LEFT = words("{thesis} as known on {as_of}", "{thesis}，截至 {as_of} 所知")
FOOTER_RIGHT = words("xl-thesis {version}, page &P", "xl-thesis {version}，第 &P 頁")

EXPIRED = words("too old to count: the last value is of {day}", "過舊不計：最後一筆為 {day}")
LATE = words("late, so it counts less: the last value is of {day}", "延遲而減計：最後一筆為 {day}")
CONTEXT = words("context only, without weight", "僅供參考，不計權重")
GIVEN = words(
    "precomputed with the package from prices that may not be passed on; a refresh replaces it",
    "由不得轉傳的價格預先算出；更新資料後即被取代",
)
PROVED_WRONG = words("PROVED WRONG by its own rule on {day}", "{day} 已依自身規則證明有誤")
IMPORTED = words("{source}, with values imported from {files}", "{source}，含自 {files} 匯入的數值")
CHANGES_TITLE = words("What moved the score since the end of the month before", "自上月底以來分數變動的原因")
CHANGE_REST = words("everything else", "其他")
PILLAR, FOR, AGAINST = words("Pillar", "支柱"), words("for the thesis", "支持論點"), words("against it", "反對論點")
MONTH, BEFORE = words("Month", "月份"), words("before publication", "發表前")
SINCE = words("since publication", "發表後")
NEUTRAL, REVIEW, SCORE = words("neutral", "中性"), words("review date", "檢視日"), words("score", "分數")
