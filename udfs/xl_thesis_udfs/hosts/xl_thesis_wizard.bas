Attribute VB_Name = "xl_thesis_wizard"
Option Explicit
' Generated from the registry of cell functions; do not edit.

' Tell the function wizard what the functions and their arguments mean.
Public Sub ThesisDescribeAll()
    Describe_THESIS_SCORE
    Describe_THESIS_LABEL
    Describe_THESIS_BAND
    Describe_THESIS_COVERAGE
    Describe_THESIS_DETAIL
    Describe_THESIS_SUMMARY
    Describe_THESIS_HISTORY
    Describe_THESIS_SENSITIVITY
    Describe_THESIS_PUBLISHED
    Describe_THESIS_PILLAR
    Describe_THESIS_INDICATOR
    Describe_THESIS_TABLE
    Describe_THESIS_CHANGE
    Describe_THESIS_CALENDAR
    Describe_THESIS_ALERTS
    Describe_THESIS_SERIES
    Describe_THESIS_LATEST
    Describe_THESIS_META
    Describe_THESIS_CATALOGUE
    Describe_DXY
    Describe_DXY_TREND
    Describe_DXY_HISTORY
    Describe_THESIS_RELATIVE
    Describe_THESIS_BETA
    Describe_FED_CUTS
    Describe_MSTR_MNAV
    Describe_THESIS_CLAIM
    Describe_THESIS_CLAIMS
    Describe_THESIS_QUESTION
    Describe_THESIS_LEDGER
    Describe_THESIS_SCOREBOARD
    Describe_THESIS_ASOF
    Describe_THESIS_STATUS
    Describe_THESIS_FUNCTIONS
End Sub

Private Sub Describe_THESIS_SCORE()
    Dim Helps As Variant
    Helps = Array( _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_SCORE", _
        Description:="Score of the thesis, 0 to 100; 50 is neutral. Not a probability that the thesis is right.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_LABEL()
    Dim Helps As Variant
    Helps = Array( _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_LABEL", _
        Description:="The score in words, such as leaning for; also says where evidence is partial or the score is withheld.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_BAND()
    Dim Helps As Variant
    Helps = Array( _
        "Lower end, middle or upper end of the band in points; the share of the choices that give more than 50, of the weight that was scored in other ways: low, median, high, share_above_50, varied_share; empty for median.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_BAND", _
        Description:="Robustness band: the middle 90% of the scores that other reasonable choices of method give. No probability.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_COVERAGE()
    Dim Helps As Variant
    Helps = Array( _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_COVERAGE", _
        Description:="Share of all weight whose data are known and fresh, in published pillars only; 0 to 1.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_DETAIL()
    Dim Helps As Variant
    Helps = Array( _
        "What is wanted of the evaluation: thesis, title, as_of, status, score, label, outcome_score, driver_score, without_contested, coverage, nominal_coverage, bounds_low, bounds_high, grade, reconstruction, data, reference_date, refreshed_on, imported ....", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_DETAIL", _
        Description:="One number or word of the whole evaluation, such as the score of the outcomes alone.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_SUMMARY()
    Dim Helps As Variant
    Helps = Array( _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_SUMMARY", _
        Description:="All fields of THESIS_DETAIL in a table of two columns.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_HISTORY()
    Dim Helps As Variant
    Helps = Array( _
        "score, outcome_score, driver_score, coverage, the id of a pillar, or all; empty for score.", _
        "First day wanted; empty for the day the thesis was published.", _
        "Last day wanted; empty for the day of THESIS_ASOF.", _
        "Every day, Friday, month-end, quarter-end or year-end: d, w, m, q, a; empty for m.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_HISTORY", _
        Description:="Scores as known on past days, recomputed with today's definition (a reconstruction), with headers, ascending.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_SENSITIVITY()
    Dim Helps As Variant
    Helps = Array( _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_SENSITIVITY", _
        Description:="What the score hangs on: without each indicator or pillar, its influence, and how far it is from another label. A cell is #N/A where no change flips the label.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_PUBLISHED()
    Dim Helps As Variant
    Helps = Array( _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_PUBLISHED", _
        Description:="Every score as it was given out, from the sealed log and never recomputed; headers alone where none was.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_PILLAR()
    Dim Helps As Variant
    Helps = Array( _
        "Id of the pillar, such as DOLLAR.", _
        "What is wanted of it: score, weight, effective_weight, contribution, coverage, title, role; empty for score.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_PILLAR", _
        Description:="One number or word of a pillar; scores and contributions in points of 100, weights and coverage 0 to 1.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_INDICATOR()
    Dim Helps As Variant
    Helps = Array( _
        "Id of the indicator, such as dxy_trend.", _
        "What is wanted of it: score, value, unit, weight, effective_weight, contribution, observed_on, available_at, age_days, status, reason, source, grade, is_proxy, is_precomputed, contested, title, pillar, is_imported; empty for score.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_INDICATOR", _
        Description:="One number, word or day of an indicator; value in its unit, contribution in points of the whole score.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_TABLE()
    Dim Helps As Variant
    Helps = Array( _
        "What the rows are: pillars, indicators, sources; empty for pillars.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_TABLE", _
        Description:="Table of all pillars, all indicators or all series behind them, with headers; missing numbers are #N/A. Values that a person imported are named: is_imported of an indicator, the file in the column imported of a series.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_CHANGE()
    Dim Helps As Variant
    Helps = Array( _
        "Earlier day to compare with.", _
        "A row for each cause, or each effect of one: causes, effects; empty for causes.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_CHANGE", _
        Description:="Why the score moved: points by cause, with headers; the column of points adds up to the change of the score.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_CALENDAR()
    Dim Helps As Variant
    Helps = Array( _
        "Next releases and what each can do to the score in points, or days of decision: releases, events; empty for releases.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_CALENDAR", _
        Description:="What comes next: releases, overdue ones first, or the days on which something is decided; with headers.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_ALERTS()
    Dim Helps As Variant
    Helps = Array( _
        "Falsifiers that are met or near, or all that a machine can judge: alerts, all; empty for alerts.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_ALERTS", _
        Description:="Which indicators are proved wrong by their own rule, and which are close to it, with headers.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_SERIES()
    Dim Helps As Variant
    Helps = Array( _
        "Provider and code of the series, as FRED:UNRATE (UNRATE alone is FRED's); THESIS_CATALOGUE has all.", _
        "First day wanted; empty for the first there is.", _
        "Last day wanted; empty for the last there is.", _
        "Lower frequency to aggregate to: day, week to Friday, month, quarter, year: d, w, m, q, a; empty for that of the series.", _
        "FRED's units: level, change, change in a year, % change, % in a year, annualised %, the continuously compounded % and the same annualised, logarithm: lin, chg, ch1, pch, pc1, pca, cch, cca, log; empty for lin.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "How to aggregate: average, sum, end of period: avg, sum, eop; empty for avg.")
    Application.MacroOptions _
        Macro:="THESIS_SERIES", _
        Description:="Series as known on a day, with headers, ascending: first aggregated, then transformed, then cut to the days. A day is the last one of its period (FRED shows the first).", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_LATEST()
    Dim Helps As Variant
    Helps = Array( _
        "Provider and code of the series, as FRED:UNRATE (UNRATE alone is FRED's); THESIS_CATALOGUE has all.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.")
    Application.MacroOptions _
        Macro:="THESIS_LATEST", _
        Description:="Last value of a series as known on a day.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_META()
    Dim Helps As Variant
    Helps = Array( _
        "Provider and code of the series, as FRED:UNRATE (UNRATE alone is FRED's); THESIS_CATALOGUE has all.", _
        "What is wanted: title, unit, frequency, publisher, licence, redistributable, notice, point_in_time, lag_days, formula, id, first, last, available_at, observations; empty for title.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.")
    Application.MacroOptions _
        Macro:="THESIS_META", _
        Description:="What a series is, or from which day to which it is known.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_CATALOGUE()
    Dim Helps As Variant
    Helps = Array( _
        "Part of an id, a title or a publisher; empty for all series.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_CATALOGUE", _
        Description:="Every series that can be asked for, with its last value and days as known on a day, with headers.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_DXY()
    Dim Helps As Variant
    Helps = Array( _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "yahoo (close), future, h10 or ecb (rebuilt from the Fed's noon rates or the ECB's), or the id of a series; empty for the first of these four whose last day is the newest.")
    Application.MacroOptions _
        Macro:="DXY", _
        Description:="Level of the dollar index as known on a day; without market data it is rebuilt by the published formula.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_DXY_TREND()
    Dim Helps As Variant
    Helps = Array( _
        "Daily returns to look back on, 40 to 2520; empty for 252.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "What is wanted of the trend report: value, label, null_frequency, source, title, rebuilt, observed_on, age_days, n_obs, missing_days, drift_pct_yr, slope_t, theil_sen_pct_yr, break_text, ci90_low, ci90_high, z63, z126, z252 ...; empty for value.")
    Application.MacroOptions _
        Macro:="DXY_TREND", _
        Description:="Trend of the dollar index: mean daily return over its standard error, positive for up. It foretells nothing.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_DXY_HISTORY()
    Dim Helps As Variant
    Helps = Array( _
        "First day wanted; empty for the first there is.", _
        "Last day wanted; empty for the last there is.", _
        "Days, or averages of weeks, months, quarters or years: d, w, m, q, a; empty for d.", _
        "yahoo (close), future, h10 or ecb (rebuilt from the Fed's noon rates or the ECB's), or the id of a series; empty for the first of these four whose last day is the newest.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.")
    Application.MacroOptions _
        Macro:="DXY_HISTORY", _
        Description:="The dollar index as known on a day, from one source, with headers, ascending.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_RELATIVE()
    Dim Helps As Variant
    Helps = Array( _
        "Series whose return is wanted, as in THESIS_SERIES; YAHOO:SPY/adj is a total return.", _
        "Series it is compared with.", _
        "Length such as 13W, 6M, 1Y, or the first day; empty for 12M.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.")
    Application.MacroOptions _
        Macro:="THESIS_RELATIVE", _
        Description:="Growth of the ratio of two prices over a stretch of the calendar, in percent: the return of a over that of b.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_BETA()
    Dim Helps As Variant
    Helps = Array( _
        "Series whose sensitivity is wanted, as in THESIS_SERIES; YAHOO:SPY/adj is a total return.", _
        "Series it is compared with.", _
        "Weeks to look back on, 26 to 520; empty for 104.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.")
    Application.MacroOptions _
        Macro:="THESIS_BETA", _
        Description:="Beta: slope of weekly (Friday) log returns on those of a benchmark; three weeks in four must be known.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_FED_CUTS()
    Dim Helps As Variant
    Helps = Array( _
        "Day until which meetings count, from futures; empty for the coming year, by the one-year yield as a proxy.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.")
    Application.MacroOptions _
        Macro:="FED_CUTS", _
        Description:="Cuts of the federal funds rate that markets price, in steps of 25 basis points; negative for rises.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_MSTR_MNAV()
    Dim Helps As Variant
    Helps = Array( _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Enterprise value, market cap, or market cap on diluted shares, over the bitcoin: enterprise, basic, diluted; empty for enterprise.")
    Application.MacroOptions _
        Macro:="MSTR_MNAV", _
        Description:="What the market pays for Strategy (MSTR) over what its bitcoin is worth; 1 is no premium.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_CLAIM()
    Dim Helps As Variant
    Helps = Array( _
        "Id of the claim, such as T4.", _
        "What is wanted of it: text, text_zh, kind, group, number, measure, tested_by, supports_if, falsifier, wrong_on, verdict, note, later; empty for text.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_CLAIM", _
        Description:="One statement of the thesis in our own words, how it can be proved wrong, and how it stood at publication.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_CLAIMS()
    Dim Helps As Variant
    Helps = Array( _
        "Id of a pillar, or META; empty for all claims.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_CLAIMS", _
        Description:="All claims of a group, with headers; what a claim does not have is #N/A.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_QUESTION()
    Dim Helps As Variant
    Helps = Array( _
        "Id of the question, such as Q4.", _
        "What is wanted of it: status, text, text_zh, criterion, polarity, opens, resolves, origin, hindsight, pillars, base_rate, computed_base_rate, forecast, forecast_by, forecast_date, resolved_by, evidence, series_answer, contradiction; empty for status.", _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_QUESTION", _
        Description:="How a dated question stands on a day: its answer, base rates, the last forecast.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_LEDGER()
    Dim Helps As Variant
    Helps = Array( _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_LEDGER", _
        Description:="Every dated question as it stands on a day, with headers; what there is not yet is #N/A.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_SCOREBOARD()
    Dim Helps As Variant
    Helps = Array( _
        "As known on: only what had been published by the end of this day counts; empty for the day of THESIS_ASOF: today, or that of the embedded data until a refresh.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_SCOREBOARD", _
        Description:="How good the forecasts of each person were, prospective questions only; lower is better, except for skill.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_ASOF()
    Dim Helps As Variant
    Helps = Array( _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_ASOF", _
        Description:="The day that functions take where as_of is empty: today, or that of the embedded data until a refresh.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_STATUS()
    Dim Helps As Variant
    Helps = Array( _
        "The data with the latest failures of cells, failures alone, every series behind the thesis, the data alone: summary, errors, series, data; empty for summary.", _
        "Id or file of the thesis; empty for the default one.")
    Application.MacroOptions _
        Macro:="THESIS_STATUS", _
        Description:="Which data answer, how old they are, and why cells show an error, newest first; with headers.", _
        Category:="xl-thesis", _
        ArgumentDescriptions:=Helps
End Sub

Private Sub Describe_THESIS_FUNCTIONS()
    Application.MacroOptions _
        Macro:="THESIS_FUNCTIONS", _
        Description:="All functions with their arguments and an example, with headers.", _
        Category:="xl-thesis"
End Sub
