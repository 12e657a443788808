Attribute VB_Name = "xl_thesis_functions"
Option Explicit
' Generated from the registry of cell functions; do not edit.

Public Function THESIS_SCORE(Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_SCORE.VB_Description = "Score of the thesis, 0 to 100; 50 is neutral. Not a probability that the thesis is right."
Attribute THESIS_SCORE.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_SCORE = ThesisCall("THESIS_SCORE", True, Array(ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_LABEL(Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_LABEL.VB_Description = "The score in words, such as leaning for; also says where evidence is partial or the score is withheld."
Attribute THESIS_LABEL.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_LABEL = ThesisCall("THESIS_LABEL", True, Array(ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_BAND(Optional ByVal bound As Variant, Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_BAND.VB_Description = "Robustness band: the middle 90% of the scores that other reasonable choices of method give. No probability."
Attribute THESIS_BAND.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_BAND = ThesisCall("THESIS_BAND", True, Array(ThesisGiven(bound), ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_COVERAGE(Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_COVERAGE.VB_Description = "Share of all weight whose data are known and fresh, in published pillars only; 0 to 1."
Attribute THESIS_COVERAGE.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_COVERAGE = ThesisCall("THESIS_COVERAGE", True, Array(ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_DETAIL(ByVal field As Variant, Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_DETAIL.VB_Description = "One number or word of the whole evaluation, such as the score of the outcomes alone."
Attribute THESIS_DETAIL.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_DETAIL = ThesisCall("THESIS_DETAIL", True, Array(ThesisGiven(field), ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_SUMMARY(Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_SUMMARY.VB_Description = "All fields of THESIS_DETAIL in a table of two columns."
Attribute THESIS_SUMMARY.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_SUMMARY = ThesisCall("THESIS_SUMMARY", True, Array(ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_HISTORY(Optional ByVal item As Variant, Optional ByVal start As Variant, Optional ByVal finish As Variant, Optional ByVal frequency As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_HISTORY.VB_Description = "Scores as known on past days, recomputed with today's definition (a reconstruction), with headers, ascending."
Attribute THESIS_HISTORY.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_HISTORY = ThesisCall("THESIS_HISTORY", True, Array(ThesisGiven(item), ThesisGiven(start), ThesisGiven(finish), ThesisGiven(frequency), ThesisGiven(thesis)))
End Function

Public Function THESIS_SENSITIVITY(Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_SENSITIVITY.VB_Description = "What the score hangs on: without each indicator or pillar, its influence, and how far it is from another label. A cell is #N/A where no change flips the label."
Attribute THESIS_SENSITIVITY.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_SENSITIVITY = ThesisCall("THESIS_SENSITIVITY", True, Array(ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_PUBLISHED(Optional ByVal thesis As Variant) As Variant
Attribute THESIS_PUBLISHED.VB_Description = "Every score as it was given out, from the sealed log and never recomputed; headers alone where none was."
Attribute THESIS_PUBLISHED.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_PUBLISHED = ThesisCall("THESIS_PUBLISHED", False, Array(ThesisGiven(thesis)))
End Function

Public Function THESIS_PILLAR(ByVal pillar As Variant, Optional ByVal field As Variant, Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_PILLAR.VB_Description = "One number or word of a pillar; scores and contributions in points of 100, weights and coverage 0 to 1."
Attribute THESIS_PILLAR.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_PILLAR = ThesisCall("THESIS_PILLAR", True, Array(ThesisGiven(pillar), ThesisGiven(field), ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_INDICATOR(ByVal indicator As Variant, Optional ByVal field As Variant, Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_INDICATOR.VB_Description = "One number, word or day of an indicator; value in its unit, contribution in points of the whole score."
Attribute THESIS_INDICATOR.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_INDICATOR = ThesisCall("THESIS_INDICATOR", True, Array(ThesisGiven(indicator), ThesisGiven(field), ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_TABLE(Optional ByVal level As Variant, Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_TABLE.VB_Description = "Table of all pillars, all indicators or all series behind them, with headers; missing numbers are #N/A. Values that a person imported are named: is_imported of an indicator, the file in the column imported of a series."
Attribute THESIS_TABLE.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_TABLE = ThesisCall("THESIS_TABLE", True, Array(ThesisGiven(level), ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_CHANGE(ByVal since As Variant, Optional ByVal level As Variant, Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_CHANGE.VB_Description = "Why the score moved: points by cause, with headers; the column of points adds up to the change of the score."
Attribute THESIS_CHANGE.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_CHANGE = ThesisCall("THESIS_CHANGE", True, Array(ThesisGiven(since), ThesisGiven(level), ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_CALENDAR(Optional ByVal level As Variant, Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_CALENDAR.VB_Description = "What comes next: releases, overdue ones first, or the days on which something is decided; with headers."
Attribute THESIS_CALENDAR.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_CALENDAR = ThesisCall("THESIS_CALENDAR", True, Array(ThesisGiven(level), ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_ALERTS(Optional ByVal level As Variant, Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_ALERTS.VB_Description = "Which indicators are proved wrong by their own rule, and which are close to it, with headers."
Attribute THESIS_ALERTS.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_ALERTS = ThesisCall("THESIS_ALERTS", True, Array(ThesisGiven(level), ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_SERIES(ByVal id As Variant, Optional ByVal start As Variant, Optional ByVal finish As Variant, Optional ByVal frequency As Variant, Optional ByVal transform As Variant, Optional ByVal as_of As Variant, Optional ByVal aggregation As Variant) As Variant
Attribute THESIS_SERIES.VB_Description = "Series as known on a day, with headers, ascending: first aggregated, then transformed, then cut to the days. A day is the last one of its period (FRED shows the first)."
Attribute THESIS_SERIES.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_SERIES = ThesisCall("THESIS_SERIES", True, Array(ThesisGiven(id), ThesisGiven(start), ThesisGiven(finish), ThesisGiven(frequency), ThesisGiven(transform), ThesisGiven(as_of), ThesisGiven(aggregation)))
End Function

Public Function THESIS_LATEST(ByVal id As Variant, Optional ByVal as_of As Variant) As Variant
Attribute THESIS_LATEST.VB_Description = "Last value of a series as known on a day."
Attribute THESIS_LATEST.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_LATEST = ThesisCall("THESIS_LATEST", True, Array(ThesisGiven(id), ThesisGiven(as_of)))
End Function

Public Function THESIS_META(ByVal id As Variant, Optional ByVal field As Variant, Optional ByVal as_of As Variant) As Variant
Attribute THESIS_META.VB_Description = "What a series is, or from which day to which it is known."
Attribute THESIS_META.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_META = ThesisCall("THESIS_META", True, Array(ThesisGiven(id), ThesisGiven(field), ThesisGiven(as_of)))
End Function

Public Function THESIS_CATALOGUE(Optional ByVal find As Variant, Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_CATALOGUE.VB_Description = "Every series that can be asked for, with its last value and days as known on a day, with headers."
Attribute THESIS_CATALOGUE.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_CATALOGUE = ThesisCall("THESIS_CATALOGUE", True, Array(ThesisGiven(find), ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function DXY(Optional ByVal as_of As Variant, Optional ByVal source As Variant) As Variant
Attribute DXY.VB_Description = "Level of the dollar index as known on a day; without market data it is rebuilt by the published formula."
Attribute DXY.VB_ProcData.VB_Invoke_Func = " \n14"
    DXY = ThesisCall("DXY", True, Array(ThesisGiven(as_of), ThesisGiven(source)))
End Function

Public Function DXY_TREND(Optional ByVal window As Variant, Optional ByVal as_of As Variant, Optional ByVal field As Variant) As Variant
Attribute DXY_TREND.VB_Description = "Trend of the dollar index: mean daily return over its standard error, positive for up. It foretells nothing."
Attribute DXY_TREND.VB_ProcData.VB_Invoke_Func = " \n14"
    DXY_TREND = ThesisCall("DXY_TREND", True, Array(ThesisGiven(window), ThesisGiven(as_of), ThesisGiven(field)))
End Function

Public Function DXY_HISTORY(Optional ByVal start As Variant, Optional ByVal finish As Variant, Optional ByVal frequency As Variant, Optional ByVal source As Variant, Optional ByVal as_of As Variant) As Variant
Attribute DXY_HISTORY.VB_Description = "The dollar index as known on a day, from one source, with headers, ascending."
Attribute DXY_HISTORY.VB_ProcData.VB_Invoke_Func = " \n14"
    DXY_HISTORY = ThesisCall("DXY_HISTORY", True, Array(ThesisGiven(start), ThesisGiven(finish), ThesisGiven(frequency), ThesisGiven(source), ThesisGiven(as_of)))
End Function

Public Function THESIS_RELATIVE(ByVal a As Variant, ByVal b As Variant, Optional ByVal window As Variant, Optional ByVal as_of As Variant) As Variant
Attribute THESIS_RELATIVE.VB_Description = "Growth of the ratio of two prices over a stretch of the calendar, in percent: the return of a over that of b."
Attribute THESIS_RELATIVE.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_RELATIVE = ThesisCall("THESIS_RELATIVE", True, Array(ThesisGiven(a), ThesisGiven(b), ThesisGiven(window), ThesisGiven(as_of)))
End Function

Public Function THESIS_BETA(ByVal asset As Variant, ByVal benchmark As Variant, Optional ByVal weeks As Variant, Optional ByVal as_of As Variant) As Variant
Attribute THESIS_BETA.VB_Description = "Beta: slope of weekly (Friday) log returns on those of a benchmark; three weeks in four must be known."
Attribute THESIS_BETA.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_BETA = ThesisCall("THESIS_BETA", True, Array(ThesisGiven(asset), ThesisGiven(benchmark), ThesisGiven(weeks), ThesisGiven(as_of)))
End Function

Public Function FED_CUTS(Optional ByVal by As Variant, Optional ByVal as_of As Variant) As Variant
Attribute FED_CUTS.VB_Description = "Cuts of the federal funds rate that markets price, in steps of 25 basis points; negative for rises."
Attribute FED_CUTS.VB_ProcData.VB_Invoke_Func = " \n14"
    FED_CUTS = ThesisCall("FED_CUTS", True, Array(ThesisGiven(by), ThesisGiven(as_of)))
End Function

Public Function MSTR_MNAV(Optional ByVal as_of As Variant, Optional ByVal definition As Variant) As Variant
Attribute MSTR_MNAV.VB_Description = "What the market pays for Strategy (MSTR) over what its bitcoin is worth; 1 is no premium."
Attribute MSTR_MNAV.VB_ProcData.VB_Invoke_Func = " \n14"
    MSTR_MNAV = ThesisCall("MSTR_MNAV", True, Array(ThesisGiven(as_of), ThesisGiven(definition)))
End Function

Public Function THESIS_CLAIM(ByVal claim As Variant, Optional ByVal field As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_CLAIM.VB_Description = "One statement of the thesis in our own words, how it can be proved wrong, and how it stood at publication."
Attribute THESIS_CLAIM.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_CLAIM = ThesisCall("THESIS_CLAIM", True, Array(ThesisGiven(claim), ThesisGiven(field), ThesisGiven(thesis)))
End Function

Public Function THESIS_CLAIMS(Optional ByVal group As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_CLAIMS.VB_Description = "All claims of a group, with headers; what a claim does not have is #N/A."
Attribute THESIS_CLAIMS.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_CLAIMS = ThesisCall("THESIS_CLAIMS", True, Array(ThesisGiven(group), ThesisGiven(thesis)))
End Function

Public Function THESIS_QUESTION(ByVal question As Variant, Optional ByVal field As Variant, Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_QUESTION.VB_Description = "How a dated question stands on a day: its answer, base rates, the last forecast."
Attribute THESIS_QUESTION.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_QUESTION = ThesisCall("THESIS_QUESTION", False, Array(ThesisGiven(question), ThesisGiven(field), ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_LEDGER(Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_LEDGER.VB_Description = "Every dated question as it stands on a day, with headers; what there is not yet is #N/A."
Attribute THESIS_LEDGER.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_LEDGER = ThesisCall("THESIS_LEDGER", False, Array(ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_SCOREBOARD(Optional ByVal as_of As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_SCOREBOARD.VB_Description = "How good the forecasts of each person were, prospective questions only; lower is better, except for skill."
Attribute THESIS_SCOREBOARD.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_SCOREBOARD = ThesisCall("THESIS_SCOREBOARD", False, Array(ThesisGiven(as_of), ThesisGiven(thesis)))
End Function

Public Function THESIS_ASOF(Optional ByVal thesis As Variant) As Variant
Attribute THESIS_ASOF.VB_Description = "The day that functions take where as_of is empty: today, or that of the embedded data until a refresh."
Attribute THESIS_ASOF.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_ASOF = ThesisCall("THESIS_ASOF", True, Array(ThesisGiven(thesis)))
End Function

Public Function THESIS_STATUS(Optional ByVal topic As Variant, Optional ByVal thesis As Variant) As Variant
Attribute THESIS_STATUS.VB_Description = "Which data answer, how old they are, and why cells show an error, newest first; with headers."
Attribute THESIS_STATUS.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_STATUS = ThesisCall("THESIS_STATUS", False, Array(ThesisGiven(topic), ThesisGiven(thesis)))
End Function

Public Function THESIS_FUNCTIONS() As Variant
Attribute THESIS_FUNCTIONS.VB_Description = "All functions with their arguments and an example, with headers."
Attribute THESIS_FUNCTIONS.VB_ProcData.VB_Invoke_Func = " \n14"
    THESIS_FUNCTIONS = ThesisCall("THESIS_FUNCTIONS", True, Array())
End Function
