"""The words of the dashboard, in both languages."""

from __future__ import annotations

from xl_thesis_workbook.language import words
from xl_thesis_workbook.tokens import TOKENS

AS_OF_FORMAT = words('"As known on "d mmmm yyyy', '"截至 "yyyy"年"m"月"d"日所知"')
SCORE = words("Score (0 to 100, 50 is neutral)", "分數（0 至 100，50 為中性）")
TILES = (
    words("Other methods: 5 to 95 %", "其他方法：5 至 95%"), words("Whatever the rest says", "未知部分的上下限"),
    words("Weight that is known", "已知權重"), words("Data grade, by weight", "資料等級（按權重）"),
    words("Outcomes it predicts", "論點預測的結果"), words("Causes it names", "論點指出的成因"),
    words("Without contested", "不含有爭議指標"), words("Since {day}", "自 {day} 以來"),
)  # fmt: skip
VOID = words("inputs changed", "輸入已更改")
NO_BAND = words("not computed", "未計算")
PARTIAL = words(" (partial evidence)", "（部分證據）")
WITHHELD = words("withheld: too little is known", "不公布：已知資料太少")
STATUS_FULL = (words("", ""), words(" of the weight is known; whatever the rest would say, the score is between ",
                                    " 的權重已知；無論其餘結果如何，分數介於 "))  # fmt: skip
STATUS_PARTIAL = (
    words("Partial evidence: ", "部分證據："),
    words(" of the weight is known; the score could be anything between ", " 的權重已知；分數可能落在 "),
)
AND = words(" and ", " 與 ")
STOP_BETWEEN = words(".", " 之間。")
STATUS_WITHHELD = (words("Withheld: ", "不公布："), words(" of the weight is known, less than a score needs.",
                                                          " 的權重已知，不足以給出分數。"))  # fmt: skip
EMBEDDED = words(
    "Embedded data only, reference date {day}; run a refresh for newer data.",
    "僅用內建資料，基準日 {day}；更新後可得較新資料。",
)
EMBEDDED_AND_IMPORTED = words(
    "Embedded data, reference date {day}, with values imported from {files}; run a refresh for newer data.",
    "內建資料，基準日 {day}，含自 {files} 匯入的數值；更新後可得較新資料。",
)
REFRESHED = words("Data refreshed at {moment} UTC.", "資料於 {moment} UTC 更新。")
REFRESHED_AND_IMPORTED = words(
    "Data refreshed at {moment} UTC, with values imported from {files}.",
    "資料於 {moment} UTC 更新，含自 {files} 匯入的數值。",
)
PROVED_WRONG = words(" PROVED WRONG by their own rule: {titles}.", " 已依自身規則證明有誤：{titles}。")
RECONSTRUCTED = words("Reconstruction: today's definition applied to that day.", "屬重建：以今日定義套用於當日。")
FROZEN = words("The definition was frozen before that day.", "定義在該日前已凍結。")
UNCHANGED = words("All inputs are the definition's.", "所有輸入皆為定義值。")
CHANGED = words(
    " inputs differ from the definition: hashes, band and the reasons for the last change no longer describe this"
    " score.",
    " 項輸入與定義不同：雜湊值、區間與上次變動原因已不適用於此分數。",
)
PILLAR_CHART = words("Where the score comes from: points above or below 50", "分數來源：高於或低於 50 的點數")
SINCE_CHART = words("Score since publication, to the last review date", "發表後的分數，至最後檢視日")
HISTORY_CHART = words("Score as known at each month-end", "每月底所知的分數")
MOVES_CHART = words(
    "What it is about, since publication: moves in standard deviations", "論點標的自發表以來的變動（標準差）"
)
POINTS_AXIS = words("against the thesis  ←  points  →  for the thesis", "反對論點  ←  點數  →  支持論點")
MONTH_AXIS, SCORE_AXIS = words("month-end", "月底"), words("score", "分數")
MOVES_AXIS = words("standard deviations", "標準差")
PILLARS, POINTS = words("Pillars", "支柱"), words("Points", "點數")
WEIGHT, OWN_SCORE = words("Weight", "權重"), words("Score", "分數")
PILLAR_COLUMNS = (OWN_SCORE, WEIGHT, words("Known", "已知"), POINTS)
LESS_NEUTRAL = words("Score less 50", "分數減 50")
CHANGES = words("What moved it since the month before", "自上月底以來的變動")
BEFORE = words("Score then", "當時分數")
MOVERS = words("Largest points for the thesis, and against it", "最支持與最反對論點的指標")
GAPS = words("What does not count, and why", "未計入的指標與原因")
CLOSED = words("its pillar is not published", "所屬支柱未公布")
QUESTIONS = words("Next questions", "下一批問題")
RESOLVES = words("Resolves", "判定日")
LEDGER = words("The ledger", "紀錄")
LEDGER_LINES = (
    words("Claims in the text", "文中主張"), words("found true or approximately true", "屬實或大致屬實"),
    words("found false", "不實"), words("Dated questions", "有期限的問題"), words("answered yes", "結果為「是」"),
    words("answered no", "結果為「否」"), words("still open", "尚未判定"),
)  # fmt: skip
AGES = words("How old the data are", "資料新舊")
AGE_COLUMNS = (words("Number", "數目"), WEIGHT)
AGE_LINES = (
    TOKENS["fresh"], words("late, so they count less", "延遲而減計"), words("too old to count", "過舊不計"),
    TOKENS["missing"], words("measured by a proxy", "以替代指標衡量"),
    words("precomputed from prices", "由價格預先算出"), words("oldest that counts, in days", "計入者中最舊（天）"),
)  # fmt: skip
NOTES = (
    words(
        "The score weighs evidence. Neither it nor its range over methods is a probability that the thesis is right.",
        "分數衡量證據。分數及其方法區間都不是論點正確的機率。",
    ),
    words(
        "Weights, directions, switches and limits can be changed on the sheet Inputs; everything here follows.",
        "權重、方向、開關與界限可在「輸入」工作表更改，本頁隨之重算。",
    ),
)
HASHES = (words("Definition (SHA-256)", "定義（SHA-256）"), words("Data (SHA-256)", "資料（SHA-256）"))
ALT_PILLARS = words(
    "Bar chart of the points that each pillar adds to or takes from a neutral score of 50: {listed}.",
    "長條圖，顯示各支柱使分數高於或低於中性值 50 的點數：{listed}。",
)
ALT_SINCE = words(
    "Line chart of the score at each month-end since publication in {first}, over bands for the labels, with diamonds"
    " at the review dates; the last value is {last}.",
    "折線圖，顯示自 {first} 發表以來每月底的分數，背景為各標籤區間，菱形為檢視日；最新值為 {last}。",
)
ALT_HISTORY = words(
    "Line chart of the score from {first} to {end}: between {low} and {high}, at the end {last}; 50 is neutral.",
    "折線圖，顯示 {first} 至 {end} 的分數：介於 {low} 與 {high}，最新為 {last}；50 為中性。",
)
ALT_MOVES = words(
    "Line chart since publication of what the thesis is about, each in standard deviations of its earlier moves:"
    " {listed}.",
    "折線圖，顯示論點標的自發表以來的變動，以各自先前波動的標準差計：{listed}。",
)
ALT_DAY = words(" By the definition's inputs, as known on {day}.", "依定義輸入、截至 {day} 所知。")
NOT_PUBLISHED = words("not published", "未公布")
NONE_KNOWN = TOKENS["none"]
