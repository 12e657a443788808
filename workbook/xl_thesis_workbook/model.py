"""The chain from transformed history to the score, as formulas that every spreadsheet program computes.

Only functions that Excel 2010 has, and LibreOffice too. A percentile is counted with SUMPRODUCT: COUNTIF would turn the
number into text, with fifteen digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.definition import Indicator
from xl_thesis_workbook import phrases
from xl_thesis_workbook.cells import Value, put
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.draft import Content, Draft, computed, text
from xl_thesis_workbook.figures import Figures
from xl_thesis_workbook.grid import Formula
from xl_thesis_workbook.inputs import changed_formula, input_pairs
from xl_thesis_workbook.layout import (
    INPUT_INDICATORS,
    MODEL,
    MODEL_PILLARS,
    MODEL_SHEET,
    PATIENCE,
    RESULT,
    RULES,
    Block,
    data_table,
)
from xl_thesis_workbook.normalising import level_formula
from xl_thesis_workbook.tables import head
from xl_thesis_workbook.tokens import TOKENS

_DECIMALS = 12
_TOP = 5  # header row of the result; the other tables follow
_GAP = 3
_NO_SCORE = ("On", "Weight")  # inputs that change no score of an indicator
_TEXTS = ("Id", "Indicator", "Pillar", "Role")  # words of the definition, whatever they begin with
_Own = Callable[[str], str]  # address of a column's cell in the row at hand


class Model:
    """The sheet of the model: result, pillars, indicators, and the patience with late data."""

    def __init__(self, draft: Draft, content: SnapshotContent, found: Figures) -> None:
        self.draft = draft
        self.content = content
        self.found = found
        self._inputs = {item.id: place for place, item in enumerate(content.thesis.indicators)}

    def write(self, sheet: Worksheet) -> None:
        """Fill the sheet."""
        draft, thesis = self.draft, self.content.thesis
        head(sheet, draft.say(MODEL_SHEET), draft.say(phrases.MODEL_NOTE))
        pillars_top = _TOP + len(self.found.result) + _GAP
        indicators_top = pillars_top + len(thesis.pillars) + _GAP
        patience_top = indicators_top + len(thesis.indicators) + _GAP
        for block, top, size in (
            (RESULT, _TOP, len(self.found.result)), (MODEL_PILLARS, pillars_top, len(thesis.pillars)),
            (MODEL, indicators_top, len(thesis.indicators)),
        ):  # fmt: skip
            draft.announce(block, sheet, top, size)
        patience: list[list[Content]] = [
            [draft.say(TOKENS[name]), item.grace_days, item.hard_days] for name, item in thesis.method.staleness.items()
        ]
        self._table(sheet, PATIENCE, patience, patience_top)
        self._table(sheet, RESULT, self._result(), _TOP)
        sheet.cell(_TOP + 1 + list(self.found.result).index("as_of"), 2).style = "Body date"
        self._table(sheet, MODEL_PILLARS, [self._pillar(place) for place in range(len(thesis.pillars))], pillars_top)
        self._table(sheet, MODEL, [self._indicator(item) for item in thesis.indicators], indicators_top)
        sheet.freeze_panes = "B4"

    def _table(self, sheet: Worksheet, block: Block, rows: list[list[Content]], row: int) -> None:
        put(sheet, row - 1, 1, self.draft.say(phrases.MODEL_TITLES[block.table]), "Section")
        self.draft.table(sheet, block, rows, row=row)
        sheet.row_dimensions[row].height = 32

    def result(self, name: str) -> str:
        """Address of a line of the result."""
        return self.draft.cell(RESULT.table, "Value", list(self.found.result).index(name))

    def _area(self, block: Block, header: str) -> str:
        """A column of a table on this sheet."""
        return self.draft.area(block.table, header).split("!")[1]

    def _row(self, block: Block, formulas: Mapping[str, Content], values: Mapping[str, Value]) -> list[Content]:
        """The cells of a row in the order of its columns: what begins with = is a formula, with the engine's value."""
        cells: list[Content] = []
        for header in (column.header for column in block.columns):
            content, value = formulas.get(header), values.get(header)
            if header in ("Method", "Status") and value is not None:
                value = self.draft.say(TOKENS[str(value)])
            is_formula = isinstance(content, str) and content.startswith("=") and header not in _TEXTS
            cells.append(Formula(str(content)[1:], computed(value)) if is_formula else content)
        return cells

    def _indicator(self, item: Indicator) -> list[Content]:
        place = self._inputs[item.id]
        values = self.found.indicators[place]

        def own(header: str) -> str:
            return self.draft.cell(MODEL.table, header, place).split("!")[1]

        formulas: dict[str, Content] = {
            "Id": item.id,
            "Indicator": item.title.in_language(self.draft.language),
            "Pillar number": values["Pillar number"],
            "Method": f"={self._fact('Method', own('Id'))}",
            **self._percentile(item, own),
            **self._score(item, own, place),
            **self._freshness(own),
            **self._weights(item, own, place),
        }
        return self._row(MODEL, formulas, values)

    def _fact(self, header: str, key: str) -> str:
        return self.draft.look_up("ThesisIndicators", header, key)

    def _is(self, cell: str, token: str) -> str:
        return f"{cell}={text(self.draft.say(TOKENS[token]))}"

    def _percentile(self, item: Indicator, own: _Own) -> dict[str, Content]:
        """Rank of the last value in the history of its transform; values a billionth apart are equal."""
        stated = self._fact("Value", own("Id"))
        known = f"{self._is(own('Method'), 'none')},{self._is(own('Method'), 'given')}"
        if item.normalise.kind != "midrank":
            return {"Value": f'=IF(OR({known}),"",{stated})'}
        table = data_table(item.id)
        days, value, months = (self.draft.grown(table, name) for name in ("Observed on", "Value", "New month"))
        ranked, last = self._is(own("Method"), "midrank"), own("Value")
        width = f"0.000000001*MAX(1,ABS({last}))"
        less, equal, count = own("Less"), own("Equal"), own("Values")
        return {
            "Value": f'=IF({ranked},INDEX({value},{count}),"")',
            "Values": f'=IF({ranked},COUNT({value}),"")',
            "Less": f'=IF({ranked},SUMPRODUCT(--({value}<{last}-{width})),"")',
            "Equal": f'=IF({ranked},SUMPRODUCT(--({value}<={last}+{width}))-{less},"")',
            "Months": f'=IF({ranked},SUM({months}),"")',
            "Years": f'=IF({ranked},(INDEX({days},{count})-INDEX({days},1))/365.25,"")',
            "Percentile": f'=IF({ranked},100*({less}+{equal}/2)/{count},"")',
        }

    def _score(self, item: Indicator, own: _Own, place: int) -> dict[str, Content]:
        def given(header: str) -> str:
            return self.draft.cell("InputIndicators", header, place)

        stated, method = self._fact("Given score", own("Id")), own("Method")
        turned = stated if item.direction > 0 else f"100-{stated}"
        kind = item.normalise.kind
        return {
            "Undirected": f'=IF({self._is(method, kind)},{self._normalised(kind, own, given)},'
                          f'IF(AND({self._is(method, "given")},{own("As defined")}=1),{turned},""))',
            "Score": f'=IF({own("Undirected")}="","",IF({given("Direction")}=-1,100-{own("Undirected")},'
                     f'{own("Undirected")}))',
            "As defined": f"=IF(AND({','.join(self._same(place))}),1,0)",
        }  # fmt: skip

    def _same(self, place: int) -> Iterator[str]:
        """What holds where direction, goalposts, neutral value and scale are the definition's."""
        for pair in input_pairs(INPUT_INDICATORS):
            if pair[0] not in _NO_SCORE:
                yield "=".join(self.draft.cell(INPUT_INDICATORS.table, header, place) for header in pair)

    def _normalised(self, kind: str, own: _Own, given: _Own) -> str:
        if kind != "midrank":
            return level_formula(kind, own("Value"), given)
        rule, rank = self.content.thesis.method.short_history, own("Percentile")
        months, neutral = own("Months"), rule.shrink_months
        shrunk = f"({months}*{rank}+{neutral}*50)/({months}+{neutral})"
        enough = f"AND({own('Values')}>={rule.min_observations},{own('Years')}>={rule.min_years})"
        return f"IF({enough},{rank},{shrunk})"

    def _freshness(self, own: _Own) -> dict[str, Content]:
        """Overdue from the day on which the next release was expected."""
        key, score = own("Id"), own("Score")
        frequency, day, lag = (self._fact(name, key) for name in ("Frequency", "Observed on", "Lag in days"))
        seven, today = self._fact("Every day", key), self.result("as_of")
        ends = {"monthly": 0, "quarterly": 2, "annual": 11}
        period = "".join(f"IF({self._is(frequency, name)},EOMONTH({day}+1,{months})," for name, months in ends.items())
        weekday = f"{day}+IF({seven}=1,1,CHOOSE(WEEKDAY({day},2),1,1,1,1,3,2,1))"
        due = f"{period}IF({self._is(frequency, 'weekly')},{day}+7,{weekday}))))"
        grace, hard = (self.draft.look_up(PATIENCE.table, name, frequency) for name in ("Grace days", "Hard limit"))
        late = own("Days overdue")
        return {
            "Next due": f'=IF({self._is(own("Method"), "none")},"",{due}+{lag})',
            "Days overdue": f'=IF({own("Next due")}="","",MAX(0,{today}-{own("Next due")}))',
            "Freshness": f'=IF({score}="",0,IF({late}<={grace},1,MAX(0,({hard}-{late})/({hard}-{grace}))))',
            "Age in days": f'=IF({score}="","",{today}-{day})',
            "Status": f'=IF({score}="",{self.word("missing")},IF({own("Freshness")}>=1,{self.word("fresh")},'
                      f'IF({own("Freshness")}>0,{self.word("stale")},{self.word("expired")})))',
        }  # fmt: skip

    def word(self, token: str) -> str:
        """One of the engine's own values, in words, as a formula holds it."""
        return text(self.draft.say(TOKENS[token]))

    def _weights(self, item: Indicator, own: _Own, place: int) -> dict[str, Content]:
        inputs = {name: self.draft.cell("InputIndicators", name, place) for name in ("On", "Weight")}
        pillar = next(n for n, one in enumerate(self.content.thesis.pillars) if one.id == item.pillar)

        def of_pillar(header: str) -> str:
            return self.draft.cell(MODEL_PILLARS.table, header, pillar).split("!")[1]

        live, score, weight = own("Live weight"), own("Score"), own("Weight")
        contested = 0 if item.contested else None
        return {
            "Weight": f"=IF({inputs['On']}=1,N({inputs['Weight']}),0)",
            "Live weight": f'=IF({score}="",0,{weight}*{own("Freshness")})',
            "Live points": f'=IF({score}="",0,{live}*{score})',
            "Effective weight": f"=IF({live}>0,{of_pillar('Effective weight')}*{live}/{of_pillar('Live')},0)",
            "Contribution": f'=IF({own("Effective weight")}>0,{own("Effective weight")}*({score}-50),"")',
            **_rounded(own, self._area(MODEL, "Remainder"), self.result("units_of_indicators")),
            "Weight in all": f"=IF({of_pillar('Declared')}>0,{of_pillar('Share')}*{weight}/{of_pillar('Declared')},0)",
            "Lost weight": f'=IF(OR({score}="",{own("Freshness")}=0,{of_pillar("Published")}=0),'
                           f'{own("Weight in all")},0)',
            "Uncontested weight": contested if contested is not None else f"={weight}",
            "Uncontested live": contested if contested is not None else f"={live}",
        }  # fmt: skip

    def _pillar(self, place: int) -> list[Content]:
        pillar = self.content.thesis.pillars[place]

        def own(header: str) -> str:
            return self.draft.cell(MODEL_PILLARS.table, header, place).split("!")[1]

        def of_model(header: str) -> str:
            return self._area(MODEL, header)

        def total(header: str) -> str:
            return f"SUMIFS({of_model(header)},{of_model('Pillar number')},{place + 1})"

        here = f"({of_model('Pillar number')}={place + 1})"
        inputs = {name: self.draft.cell("InputPillars", name, place) for name in ("On", "Weight")}
        live, weight, least = own("Live"), own("Weight"), self._rule("min_pillar_coverage")
        known = f"SUMPRODUCT({here}*({of_model('Live weight')}>0)*{of_model('Weight')})"
        formulas: dict[str, Content] = {
            "Id": pillar.id,
            "Pillar": pillar.title.in_language(self.draft.language),
            "Role": self.draft.say(TOKENS[pillar.role]),
            "Weight": f"=IF({inputs['On']}=1,N({inputs['Weight']}),0)",
            "Share": f"=IF(SUM({self._area(MODEL_PILLARS, 'Weight')})>0,"
                     f"{weight}/SUM({self._area(MODEL_PILLARS, 'Weight')}),0)",
            "Declared": f"={total('Weight')}",
            "Live": f"={total('Live weight')}",
            "Coverage": f"=IF(AND({own('Declared')}>0,{weight}>0),{live}/{own('Declared')},0)",
            "Published": f"=IF(AND({weight}>0,{live}>0,ROUND({own('Coverage')},{_DECIMALS})>={least}),1,0)",
            "Mean": f"=IF({live}>0,{total('Live points')}/{live},0)",
            "Score": f'=IF({own("Published")}=1,{own("Mean")},"")',
            "Effective weight": f'=IF(AND({own("Published")}=1,{self.result("score")}<>""),'
                                f'{own("Share")}/{self.result("published_share")},0)',
            "Contribution": f'=IF({own("Effective weight")}>0,{own("Effective weight")}*({own("Mean")}-50),"")',
            **_rounded(own, self._area(MODEL_PILLARS, "Remainder"), self.result("units_of_pillars")),
            "Nominal coverage": f"=IF(AND({own('Declared')}>0,{weight}>0),{known}/{own('Declared')},0)",
            **self._uncontested(own, total, here),
            "Oldest in days": f'=IF({own("Published")}=1,SUMPRODUCT(MAX({here}*({of_model("Live weight")}>0)*'
                              f'({self.result("as_of")}-{self.draft.grown("ThesisIndicators", "Observed on")}))),"")',
        }  # fmt: skip
        return self._row(MODEL_PILLARS, formulas, self.found.pillars[place])

    def _uncontested(self, own: _Own, total: _Own, here: str) -> dict[str, Content]:
        """The same without contested indicators."""
        declared, coverage, live = own("Uncontested declared"), own("Uncontested coverage"), total("Uncontested live")
        weight, least = own("Weight"), self._rule("min_pillar_coverage")
        counts, points = self._area(MODEL, "Uncontested live"), self._area(MODEL, "Live points")
        return {
            "Uncontested declared": f"={total('Uncontested weight')}",
            "Uncontested coverage": f"=IF(AND({declared}>0,{weight}>0),{live}/{declared},0)",
            "Uncontested published": f"=IF(AND({weight}>0,{live}>0,ROUND({coverage},{_DECIMALS})>={least}),1,0)",
            "Uncontested mean": f"=IF({live}>0,SUMPRODUCT({here}*({counts}>0)*{points})/{live},0)",
        }

    def _rule(self, name: str) -> str:
        return self.draft.cell("InputRules", "Value", RULES.index(name))

    def _result(self) -> list[list[Content]]:
        formulas = self._result_formulas()
        return [[name, Formula(formulas[name], computed(value))] for name, value in self.found.result.items()]

    def _result_formulas(self) -> dict[str, str]:
        def of(header: str) -> str:
            return self._area(MODEL_PILLARS, header)

        share, published, mean, coverage = of("Share"), of("Published"), of("Mean"), of("Coverage")
        score, low = self.result("score"), self.result("low")
        withheld, partial = self._rule("withheld_below"), self._rule("partial_below")
        labels, limits = self.draft.area("InputLabels", "Label"), self.draft.area("InputLabels", "Below")
        known, counted = f"ROUND({self.result('coverage')},{_DECIMALS})", self.result("published_share")
        count = len(self.content.thesis.labels)
        return {
            "as_of": self.draft.look_up("ThesisAbout", "Value", text("as_of")),
            "published_share": f"SUMPRODUCT({share}*{published})",
            "coverage": f"SUMPRODUCT({share}*{published}*{coverage})",
            "nominal_coverage": f"SUMPRODUCT({share}*{published}*{of('Nominal coverage')})",
            "score": f'IF(OR({counted}=0,{known}<{withheld}),"",'
                     f'MIN(100,MAX(0,SUMPRODUCT({share}*{published}*{mean})/{counted})))',
            "label": f'IF({score}="","",INDEX({labels},MIN({count},SUMPRODUCT(--({limits}<={score}))+1)))',
            "status": f'IF({score}="",{self.word("withheld")},IF({known}<{partial},{self.word("partial")},'
                      f'{self.word("full")}))',
            "low": f'IF({score}="","",SUMPRODUCT({share}*{published}*{coverage}*{mean}))',
            "high": f'IF({score}="","",{low}+100*(1-{self.result("coverage")}))',
            "outcome": self._part(f"({of('Role')}={self.word('outcome')})*{share}", published, coverage, mean),
            "driver": self._part(f"({of('Role')}={self.word('driver')})*{share}", published, coverage, mean),
            "uncontested": self._part(
                share, of("Uncontested published"), of("Uncontested coverage"), of("Uncontested mean")
            ),
            "units_of_indicators": self._units(MODEL.table),
            "units_of_pillars": self._units(MODEL_PILLARS.table),
            "changed": changed_formula(self.draft),
        }  # fmt: skip

    def _part(self, share: str, published: str, coverage: str, mean: str) -> str:
        """The score of some pillars by the same rules; empty where it is withheld."""
        counted = f"SUMPRODUCT({share}*{published})"
        known = f"SUMPRODUCT({share}*{published}*{coverage})/SUMPRODUCT({share}*1)"
        enough = f"IF({counted}=0,FALSE,ROUND({known},{_DECIMALS})>={self._rule('withheld_below')})"
        return f'IF({enough},MIN(100,MAX(0,SUMPRODUCT({share}*{published}*{mean})/{counted})),"")'

    def _units(self, table: str) -> str:
        """Tenths of a point that rounding down has left over."""
        score, units = self.result("score"), self.draft.area(table, "Units").split("!")[1]
        return f'IF({score}="","",ROUND((ROUND({score},1)-50)*10,0)-SUM({units}))'


def _rounded(own: _Own, remainders: str, left_over: str) -> dict[str, Content]:
    """Contributions to one decimal that add up: rounded down, then the largest remainders get a tenth more."""
    points, units, rest = own("Contribution"), own("Units"), own("Remainder")
    top = remainders.split(":")[0]
    rank = f"SUMPRODUCT(--({remainders}<{rest}))+SUMPRODUCT(--({top}:{rest}={rest}))"
    return {
        "Units": f'=IF({points}="",0,INT(ROUND({points}*10,6)))',
        "Remainder": f'=IF({points}="",1,{units}/10-{points})',
        "Points": f'=IF({points}="","",({units}+IF({rank}<={left_over},1,0))/10)',
    }
