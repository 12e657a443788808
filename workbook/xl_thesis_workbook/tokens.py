"""Words for the engine's own values, where a cell shows or compares them."""

from __future__ import annotations

from xl_thesis_workbook.language import Words, words

TOKENS: dict[str, Words] = {
    "midrank": words("percentile", "百分位"), "normal_cdf": words("normal", "常態分布"),
    "goalposts": words("goalposts", "門檻"), "given": words("given", "既定"), "none": words("none", "無"),
    "daily": words("daily", "每日"), "weekly": words("weekly", "每週"), "monthly": words("monthly", "每月"),
    "quarterly": words("quarterly", "每季"), "annual": words("annual", "每年"),
    "outcome": words("outcome", "結果"), "driver": words("driver", "成因"),
    "fresh": words("fresh", "最新"), "stale": words("late", "延遲"), "expired": words("expired", "過期"),
    "missing": words("missing", "缺漏"),
    "full": words("full", "完整"), "partial": words("partial", "部分"), "withheld": words("withheld", "不公布"),
    "yes": words("yes", "是"), "no": words("no", "否"), "open": words("open", "未決"), "due": words("due", "待判定"),
    "ambiguous": words("ambiguous", "無法判定"), "annulled": words("annulled", "作廢"),
    "author": words("author", "作者"), "imposed": words("imposed", "本專案設定"),
    "for": words("for", "支持"), "against": words("against", "反對"),
    "fact": words("fact", "事實"), "forecast": words("forecast", "預測"), "mechanism": words("mechanism", "機制"),
    "catalyst": words("catalyst", "觸媒"), "position": words("position", "部位"), "caveat": words("caveat", "但書"),
    "true": words("true", "屬實"), "false": words("false", "不實"),
    "definition_dependent": words("definition dependent", "視定義而定"),
    "approximately_true": words("approximately true", "大致屬實"), "plausible": words("plausible", "合理"),
    "contested": words("contested", "有爭議"), "opinion": words("opinion", "看法"),
    "unverifiable": words("unverifiable", "無法查證"), "not_resolvable": words("not resolvable", "無法判定真偽"),
    "news": words("new observations", "新數據"), "revision": words("revisions", "舊數據修正"),
    "route": words("another source", "改用其他來源"), "staleness": words("data went stale or fresh", "數據過期或更新"),
    "entry": words("indicators in or out", "指標進出"), "publication": words("pillars in or out", "支柱進出"),
}  # fmt: skip

UNITS: dict[str, Words] = {
    "log points": words("log points", "對數點"), "decimal logarithm": words("decimal logarithm", "十進對數"),
    "percent": words("percent", "百分比"), "percentage points": words("percentage points", "百分點"),
    "percentage points of GDP": words("percentage points of GDP", "占 GDP 百分點"), "ratio": words("ratio", "比率"),
    "index points": words("index points", "指數點"), "beta": words("beta", "貝他係數"),
    "billion dollars a month": words("billion dollars a month", "每月十億美元"),
    "t-statistic": words("t-statistic", "t 統計量"), "standard deviations": words("standard deviations", "標準差"),
    "persons a week": words("persons a week", "每週人數"),
}  # fmt: skip
"""Units that a definition names often; any other stands as it is."""
