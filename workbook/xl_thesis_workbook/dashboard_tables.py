"""The dashboard's tables, two side by side: pillars and changes, movers and gaps, questions and ages of data."""

from __future__ import annotations

import math
from collections import Counter
from itertools import zip_longest

from xl_thesis_workbook import dashboard_words as say
from xl_thesis_workbook.chart_data import GAPS, MOVERS, ChartData
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.draft import Content, Draft, computed, text
from xl_thesis_workbook.figures import Figures, Row
from xl_thesis_workbook.grid import Formula
from xl_thesis_workbook.language import Words
from xl_thesis_workbook.layout import CHANGE_ROWS, CHANGES, INDICATORS, MODEL, MODEL_PILLARS, QUESTIONS
from xl_thesis_workbook.model import Model
from xl_thesis_workbook.page import COLUMNS, LEFT, RIGHT, ROW, Page
from xl_thesis_workbook.tokens import TOKENS

_NEXT = 4
_GAP = 6


class Tables:
    """Pairs of tables, each pair as long as its longer one."""

    def __init__(
        self, draft: Draft, content: SnapshotContent, found: Figures, model: Model, data: ChartData, page: Page
    ) -> None:
        self.draft, self.content, self.found = draft, content, found
        self.model, self.data, self.page = model, data, page
        self._titles = {item.id: item.title.in_language(draft.language) for item in content.thesis.indicators}

    def write(self, row: int) -> int:
        """Write them from a row on; return the row after the last."""
        self.page.height(row - 1, _GAP)
        row = self._pillars(row)
        row = self._movers(row)
        return self._questions(row)

    def _rows(self, first: int, count: int) -> None:
        for row in range(first, first + count):
            self.page.height(row, ROW)

    def _pillars(self, row: int) -> int:
        say_, page, pillars = self.draft.say, self.page, self.content.thesis.pillars
        columns = ((7, 8), (9, 9), (10, 10), (11, 12))
        labels = tuple((*span, say_(words)) for span, words in zip(columns, say.PILLAR_COLUMNS, strict=True))
        page.heading(row, LEFT, say_(say.PILLARS), labels)
        columns_of = (("Score", (7, 8), "Line points"), ("Share", (9, 9), "Line percent"),
                      ("Coverage", (10, 10), "Line percent"), ("Points", (11, 12), "Line signed"))  # fmt: skip
        for place, found in enumerate(self.found.pillars):
            here = row + 1 + place
            page.span(here, (1, 6), pillars[place].title.in_language(self.draft.language), "Line")
            for header, span, style in columns_of:
                cell = self.draft.cell(MODEL_PILLARS.table, header, place)
                exact = f"ROUND({cell},12)" if header == "Coverage" else cell  # programs show 0.8749... as 87% or 88%
                shown = computed(found[header])
                page.span(here, span, Formula(exact, round(shown, 12) if isinstance(shown, float) else shown), style)
        total, score = row + 1 + len(pillars), self.model.result("score")
        value = self.found.result["score"]
        rest = round(value, 1) - 50 if isinstance(value, float) else ""
        page.span(total, (1, 9), say_(say.LESS_NEUTRAL), "Line total label")
        page.span(total, (10, 12), Formula(f'IF({score}="","",ROUND({score},1)-50)', rest), "Line total")
        self._changes(row)
        count = max(len(pillars) + 1, CHANGE_ROWS + 1)
        self._rows(row + 1, count)
        names = [pillar.title.in_language(self.draft.language) for pillar in pillars]
        causes = ["", *(str(_plain(line[CHANGES["What"]])) for line in self.draft.written[CHANGES.table])]
        for place, (name, cause) in enumerate(zip_longest(names, causes, fillvalue="")):
            page.fitted(row + 1 + place, (name, 1, 6, 10), (cause, 14, 7, 10))
        page.height(row + count + 1, _GAP)
        return row + count + 2

    def _changes(self, row: int) -> None:
        """Effects on the score since the month before, with the score as it was then, by the definition's inputs."""
        page, change = self.page, self.content.change
        page.heading(row, RIGHT, self.draft.say(say.CHANGES), ((24, 25, self.draft.say(say.POINTS)),))
        before = self.draft.look_up("ThesisAbout", "Value", text("change_before"))
        page.span(row + 1, (14, 23), self.draft.say(say.BEFORE), "Line")
        is_valid = f"{self.model.result('changed')}=0"
        is_void = bool(self.content.changed_inputs)
        value = change.before if change and not is_void else ""
        then = Formula(f'IF(AND({is_valid},ISNUMBER({before})),{before},"")', value)
        page.span(row + 1, (24, 25), then, "Line points")
        rows = self.draft.written[CHANGES.table]
        for place, line in enumerate(rows):
            here = row + 2 + place
            for header, span, style in (("What", (14, 20), "Line"), ("Cause", (21, 23), "Line grey"),
                                        ("Points", (24, 25), "Line signed")):  # fmt: skip
                source = self.draft.cell(CHANGES.table, header, place)
                plain = _plain(line[CHANGES[header]])
                shown = computed(plain) if header != "Points" or isinstance(plain, float) else ""
                known = f'IF(ISNUMBER({source}),{source},"")' if header == "Points" else f'{source}&""'
                other = self.draft.say(say.VOID) if header == "What" and place == 0 else ""
                cell = Formula(f"IF({is_valid},{known},{text(other)})", other if is_void else shown)
                page.span(here, span, cell, style)

    def _movers(self, row: int) -> int:
        page, say_ = self.page, self.draft.say
        page.heading(row, LEFT, say_(say.MOVERS), ((9, 10, say_(say.OWN_SCORE)), (11, 12, say_(say.POINTS))))
        page.heading(row, RIGHT, say_(say.GAPS), ((24, 25, say_(say.WEIGHT)),))
        count = max(2 * MOVERS, GAPS)
        self._rows(row + 1, count)
        for number in range(count):
            here = row + 1 + number
            if number < 2 * MOVERS:
                self._mover(here, number)
            if number < GAPS:
                self._gap(here, number)
            found = (self._found(name, number)[1] for name in ("points", "lost"))
            titles = [self._titles[str(item["Id"])] if item else "" for item in found]
            page.fitted(here, (titles[0], 1, 8, 10), (titles[1], 14, 7, 10))
        page.height(row + count + 1, _GAP)
        return row + count + 2

    def _found(self, column: str, number: int) -> tuple[str, Row | None]:
        """Address of a place in the ranking, and the row of the model that it names now."""
        value = self.data.places[column][number]
        return self.data.cell("places", column, number), self.found.indicators[value - 1] if value else None

    def _mover(self, row: int, number: int) -> None:
        place, found = self._found("points", number)
        for header, span, style in (("Indicator", (1, 8), "Line"), ("Score", (9, 10), "Line points"),
                                    ("Points", (11, 12), "Line signed")):  # fmt: skip
            area = self.draft.area(MODEL.table, header)
            value = "" if found is None else self._titles[str(found["Id"])] if header == "Indicator" else found[header]
            self.page.span(row, span, Formula(f'IF({place}="","",INDEX({area},{place}))', computed(value)), style)

    def _gap(self, row: int, number: int) -> None:
        place, found = self._found("lost", number)
        area = self.draft.area(MODEL.table, "Indicator")
        status = self.draft.area(MODEL.table, "Status")
        value = "" if found is None else self._titles[str(found["Id"])]
        self.page.span(row, (14, 20), Formula(f'IF({place}="","",INDEX({area},{place}))', value), "Line")
        counts = ",".join(self.model.word(name) for name in ("missing", "expired"))
        first, second = counts.split(",")
        here = f"INDEX({status},{place})"
        closed = text(self.draft.say(say.CLOSED))
        why = f'IF({place}="","",IF(OR({here}={first},{here}={second}),{here},{closed}))'
        reason = "" if found is None else self._why(found)
        self.page.span(row, (21, 23), Formula(why, reason), "Line grey")
        lost = self.draft.area(MODEL.table, "Lost weight")
        share = Formula(f'IF({place}="","",INDEX({lost},{place}))', computed(found["Lost weight"]) if found else "")
        self.page.span(row, (24, 25), share, "Line percent 1")

    def _why(self, found: Row) -> str:
        status = str(found["Status"])
        return self.draft.say(TOKENS[status] if status in ("missing", "expired") else say.CLOSED)

    def _questions(self, row: int) -> int:
        """Counts of the ledger and ages of the data side by side, and below them the next questions."""
        page, say_ = self.page, self.draft.say
        number_of, weight_of = (say_(words) for words in say.AGE_COLUMNS)
        page.heading(row, LEFT, say_(say.LEDGER))
        page.heading(row, RIGHT, say_(say.AGES), ((21, 23, number_of), (24, 25, weight_of)))
        lines = self._ledger_lines()
        self._rows(row + 1, len(lines))
        for number, (label, content) in enumerate(lines, start=row + 1):
            page.span(number, (1, 10), label, "Line")
            page.span(number, (11, 12), content, "Line count")
        self._ages(row + 1)
        row += len(lines) + 2
        page.height(row - 1, _GAP)
        page.heading(row, (1, COLUMNS), say_(say.QUESTIONS), ((24, COLUMNS, say_(say.RESOLVES)),))
        dated = sorted(
            (item.resolves, item.id, item.text.in_language(self.draft.language))
            for item in self.content.thesis.questions
            if item.resolves > self.content.evaluation.as_of
        )
        for number in range(_NEXT):
            self._question(row + 1 + number, number, dated[number] if number < len(dated) else None)
        return row + _NEXT + 1

    def _question(self, row: int, number: int, found: tuple[object, str, str] | None) -> None:
        block = QUESTIONS.block.table
        key = f"MATCH({number + 1},{self.draft.grown(block, 'Next')},0)"
        for header, span, style in (("Question", (1, 23), "Line"), ("Resolves", (24, COLUMNS), "Line date")):
            value = "" if found is None else found[2] if header == "Question" else found[0]
            formula = f'IFERROR(INDEX({self.draft.grown(block, header)},{key}),"")'
            self.page.span(row, span, Formula(formula, computed(_plain(value))), style)
        self.page.fitted(row, (found[2] if found else "", 1, 22, 10))

    def _ledger_lines(self) -> list[tuple[str, Content]]:
        """Counts of claims and questions as the tables have them."""
        say_ = self.draft.say
        claims = Counter(claim.verdict.status for claim in self.content.thesis.claims)
        rows = self.draft.written[QUESTIONS.block.table]
        answers = Counter(row[QUESTIONS.block["Resolution"]] for row in rows)
        verdicts = self.draft.grown("ThesisClaims", "At publication")
        found = self.draft.grown("ThesisQuestions", "Resolution")

        def count(column: str, *names: str) -> str:  # COUNTIF would take the word true for the value
            return "+".join(f"SUMPRODUCT(--({column}={self.model.word(name)}))" for name in names)

        counts: list[Content] = [
            Formula(f'SUMPRODUCT(--({verdicts}<>""))', sum(claims.values())),
            Formula(count(verdicts, "true", "approximately_true"), claims["true"] + claims["approximately_true"]),
            Formula(count(verdicts, "false"), claims["false"]),
            Formula(f'SUMPRODUCT(--({found}<>""))', sum(answers.values())),
            *(Formula(count(found, name), answers[self.draft.say(TOKENS[name])]) for name in ("yes", "no", "open")),
        ]
        return list(zip((say_(words) for words in say.LEDGER_LINES), counts, strict=True))

    def _ages(self, row: int) -> None:
        """How many indicators are fresh, late or missing, and with what weight."""
        status = self.draft.area(MODEL.table, "Status")
        for number, name in enumerate(("fresh", "stale", "expired", "missing")):
            words = say.AGE_LINES[number]
            found = [item for item in self.found.indicators if item["Status"] == name]
            self._age(row + number, words, Formula(f"COUNTIF({status},{self.model.word(name)})", len(found)),
                      self._weight(f"({status}={self.model.word(name)})", found))  # fmt: skip
        facts = INDICATORS.block.table
        results = {item.id: item for item in self.content.facts.evaluation.indicators}
        flags = (("Proxy", "is_proxy"), ("Precomputed", "is_precomputed"))
        for number, (header, attribute) in enumerate(flags, start=4):
            flagged = f"({self.draft.grown(facts, header)}={self.model.word('yes')})"
            found = [item for item in self.found.indicators if getattr(results[str(item["Id"])], attribute)]
            self._age(row + number, say.AGE_LINES[number], Formula(f"SUMPRODUCT({flagged}*1)", len(found)),
                      self._weight(flagged, found))  # fmt: skip
        oldest = self.draft.area(MODEL_PILLARS.table, "Oldest in days")
        ages = [item["Oldest in days"] for item in self.found.pillars if item["Oldest in days"] is not None]
        self._age(row + 6, say.AGE_LINES[6], Formula(f'IF(COUNT({oldest})=0,"",MAX({oldest}))',
                                                     max((int(str(age)) for age in ages), default="")), "")  # fmt: skip

    def _weight(self, chosen: str, found: list[Row]) -> Formula:
        """The share of all weight of the chosen indicators, whether or not they count."""
        declared = self.draft.area(MODEL.table, "Weight in all")
        value = math.fsum(float(str(item["Weight in all"])) for item in found)
        return Formula(f"SUMPRODUCT({chosen}*{declared})", value)

    def _age(self, row: int, words: Words, count: Content, weight: Content) -> None:
        self.page.span(row, (14, 20), self.draft.say(words), "Line")
        self.page.span(row, (21, 23), count, "Line count")
        self.page.span(row, (24, 25), weight, "Line percent")


def _plain(value: object) -> str | float | int | None:
    if value is None or isinstance(value, (str, float, int)):
        return value
    return computed(value)  # type: ignore[arg-type]
