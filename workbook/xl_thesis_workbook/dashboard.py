"""The first sheet: one page that an analyst would mail. All of it follows the model, so it is right after an update."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xl_thesis.evaluation import percent
from xl_thesis.provenance import FRED_NOTICE
from xl_thesis_workbook import dashboard_charts, phrases
from xl_thesis_workbook import dashboard_words as say
from xl_thesis_workbook.chart_data import ChartData
from xl_thesis_workbook.content import SnapshotContent
from xl_thesis_workbook.dashboard_tables import Tables
from xl_thesis_workbook.draft import Draft, computed, text
from xl_thesis_workbook.figures import Figures
from xl_thesis_workbook.grid import Formula
from xl_thesis_workbook.language import Words
from xl_thesis_workbook.measure import height_of, lines_of
from xl_thesis_workbook.model import Model
from xl_thesis_workbook.page import COLUMNS, WIDTH, Page
from xl_thesis_workbook.paper import set_page
from xl_thesis_workbook.sheets import NOTHING, about
from xl_thesis_workbook.styles import ORANGE

_TILES = ((7, 11), (12, 16), (17, 20), (21, 25))
_CHART_ROWS = 15
_TITLE_SIZE, _STATEMENT_SIZE, _NOTE_SIZE = 18, 10.5, 9


class Dashboard:
    """The page, from top to bottom; ``names`` has the cells that get a name."""

    def __init__(
        self, draft: Draft, content: SnapshotContent, found: Figures, model: Model, data: ChartData, sheet: Worksheet
    ) -> None:
        self.draft, self.content, self.found, self.model, self.data = draft, content, found, model, data
        self.page = Page(draft, sheet)
        self.names: dict[str, str] = {}

    def write(self) -> None:
        """Fill the page."""
        self._title()
        self._tiles()
        self._status()
        page, row = self.page, 12
        page.height(row - 1, 6)
        charts = dashboard_charts.Charts(self.draft, self.content, self.found, self.data)
        charts.place(page.sheet, (row, row + _CHART_ROWS), (row + _CHART_ROWS + 2, row + 2 * _CHART_ROWS + 2))
        for line in range(row, row + 2 * _CHART_ROWS + 3):
            page.height(line, 16.3)
        page.height(row + _CHART_ROWS + 1, 5)
        row = Tables(self.draft, self.content, self.found, self.model, self.data, page).write(row + 2 * _CHART_ROWS + 4)
        self._notes(row)
        page.colour_signs()

    def _about(self, key: str) -> str:
        return self.draft.look_up("ThesisAbout", "Value", text(key))

    def _unless_changed(self, formula: str, value: str | float | int, other: Words) -> Formula:
        """What holds for the definition's inputs alone."""
        words = self.draft.say(other)
        shown = words if self.content.changed_inputs else value
        return Formula(f"IF({self.model.result('changed')}=0,{formula},{text(words)})", shown)

    def _title(self) -> None:
        page, title = self.page, self.content.thesis.title.in_language(self.draft.language)
        page.span(1, (1, 17), title, "Page title")
        as_of = Formula(self.model.result("as_of"), computed(self.content.evaluation.as_of))
        self.names["AsOf"] = page.span(1, (18, COLUMNS), as_of, "Page right")
        page.sheet.cell(1, 18).number_format = self.draft.say(say.AS_OF_FORMAT)
        lines = lines_of(title, 17 * WIDTH, _TITLE_SIZE * 1.06)
        page.height(1, height_of(lines, _TITLE_SIZE) + 8)
        statement = self.content.thesis.statement.in_language(self.draft.language)
        page.paragraph(2, statement, "Statement", _STATEMENT_SIZE)
        page.height(3, 4)

    def _tiles(self) -> None:
        page, model, result = self.page, self.model, self.content.evaluation
        page.span(4, (1, 6), self.draft.say(say.SCORE), "Tile label")
        page.box((5, 6), (1, 6), Formula(model.result("score"), computed(result.score)), "Big score")
        self.names["Score"] = "$A$5"
        page.span(7, (1, 6), self._verdict(), "Big label")
        contents = (
            (self._band(), "Tile"), (self._bounds(), "Tile"),
            (Formula(model.result("coverage"), result.coverage.effective), "Tile percent"), (self._grade(), "Tile"),
            *((Formula(model.result(name), computed(self.found.result[name])), "Tile")
              for name in ("outcome", "driver", "uncontested")),
            (self._since(), "Tile signed"),
        )  # fmt: skip
        since = self.content.change.since if self.content.change else None
        for number, ((content, style), label) in enumerate(zip(contents, say.TILES, strict=True)):
            columns, row = _TILES[number % 4], 4 + 2 * (number // 4)
            words = self.draft.say(label, day=since or "") if number == 7 else self.draft.say(label)
            page.span(row, columns, words, "Tile label")
            cell = page.span(row + 1, columns, content, style)
            if number == 2:
                self.names["Coverage"] = cell
        for row, height in ((4, 18), (5, 27), (6, 18), (7, 27)):
            page.height(row, height)

    def _verdict(self) -> Formula:
        score, result = self.model.result("score"), self.content.evaluation
        withheld, partial = (self.draft.say(words) for words in (say.WITHHELD, say.PARTIAL))
        label = self.found.result["label"]
        value = withheld if result.score is None else f"{label}{partial if result.status == 'partial' else ''}"
        is_partial = f"{self.model.result('status')}={self.model.word('partial')}"
        return Formula(
            f'IF({score}="",{text(withheld)},{self.model.result("label")}&IF({is_partial},{text(partial)},""))', value
        )

    def _band(self) -> Formula:
        band = self.content.evaluation.band
        low, high = self._about("band_low"), self._about("band_high")
        none = self.draft.say(say.NO_BAND)
        spread = f'TEXT({low},"0.0")&" – "&TEXT({high},"0.0")'
        value = f"{band.p5:.1f} – {band.p95:.1f}" if band else none
        return self._unless_changed(f"IF(ISNUMBER({low}),{spread},{text(none)})", value, say.VOID)

    def _bounds(self) -> Formula:
        low, high, bounds = self.model.result("low"), self.model.result("high"), self.content.evaluation.bounds
        value = f"{bounds.low:.1f} – {bounds.high:.1f}" if bounds else ""
        return Formula(f'IF({low}="","",TEXT({low},"0.0")&" – "&TEXT({high},"0.0"))', value)

    def _grade(self) -> Formula:
        shares = self.content.evaluation.grade_shares
        first, second = self._about("grade_a"), self._about("grade_b")
        words = f'"A "&TEXT({first},"0%")&" · B "&TEXT({second},"0%")'
        value = f"A {percent(shares.get('A', 0.0))} · B {percent(shares.get('B', 0.0))}"
        return self._unless_changed(words, value, say.VOID)

    def _since(self) -> Formula:
        change, score = self.content.change, self.model.result("score")
        before = self._about("change_before")
        value = round(change.after, 1) - round(change.before, 1) if change else ""
        moved = f'IF(AND(ISNUMBER({before}),{score}<>""),ROUND({score},1)-ROUND({before},1),"")'
        return self._unless_changed(moved, value, say.VOID)

    def _status(self) -> None:
        """How far the score can be trusted, what data it rests on, and whether inputs were changed."""
        page, model, result = self.page, self.model, self.content.evaluation
        known, low, high = (model.result(name) for name in ("coverage", "low", "high"))
        page.height(8, 4)
        opening = {name: self.draft.say(words[0]) for name, words in _OPENINGS.items()}
        middle = {name: self.draft.say(words[1]) for name, words in _OPENINGS.items()}
        join, stop = self.draft.say(say.AND), self.draft.say(say.STOP_BETWEEN)
        share, ends = f'TEXT({known},"0%")', f'TEXT({low},"0.0")&{text(join)}&TEXT({high},"0.0")&{text(stop)}'
        sentences = {
            name: f"{text(opening[name])}&{share}&{text(middle[name])}" + ("" if name == "withheld" else f"&{ends}")
            for name in _OPENINGS
        }
        chosen = f"IF({model.result('status')}={model.word('full')},{sentences['full']},{sentences['partial']})"
        value = opening[result.status] + percent(result.coverage.effective) + middle[result.status]
        if result.bounds:
            value += f"{result.bounds.low:.1f}{join}{result.bounds.high:.1f}{stop}"
        known, (loud, wrong) = f'IF({model.result("score")}="",{sentences["withheld"]},{chosen})', self._wrong()
        page.span(9, (1, COLUMNS), Formula(f"{known}&{loud}", value + wrong), "Status")
        page.height(9, 18)
        state = self._state()
        page.span(10, (1, COLUMNS), state, "Note")
        lines = lines_of(str(state.value), (COLUMNS - 1) * WIDTH, _NOTE_SIZE)  # names of files may be long
        page.height(10, 15 if lines == 1 else height_of(lines, _NOTE_SIZE))
        strong = FormulaRule(formula=[f"{model.result('changed')}<>0"], font=Font(bold=True, color=ORANGE))
        page.sheet.conditional_formatting.add(f"A10:{get_column_letter(COLUMNS)}10", strong)

    def _state(self) -> Formula:
        """Which data, frozen or not; or that inputs were changed."""
        result, changed = self.content.evaluation, self.model.result("changed")
        rebuilt, frozen = self.draft.say(say.RECONSTRUCTED), self.draft.say(say.FROZEN)
        unchanged, note = self.draft.say(say.UNCHANGED), self.draft.say(say.CHANGED)
        data, value = self._data()
        origin = f"IF({self._about('reconstruction')}=1,{text(rebuilt)},{text(frozen)})"
        value += f" {rebuilt if result.reconstruction else frozen} {unchanged}"
        if self.content.changed_inputs:
            value = f"{self.content.changed_inputs}{note}"
        return Formula(f'IF({changed}=0,{data}&" "&{origin}&" "&{text(unchanged)},{changed}&{text(note)})', value)

    def _wrong(self) -> tuple[str, str]:
        """Which indicators are proved wrong by their own rule, if any, as a formula, and as it is now."""
        stated, titles = self._about("proved_wrong"), about(self.content)["proved_wrong"]
        formula, value = self._filled(say.PROVED_WRONG, {"titles": (stated, str(titles))})
        return f'IF({stated}={text(NOTHING)},"",{formula})', value if titles else ""

    def _data(self) -> tuple[str, str]:
        """The sentence that says which data, as a formula, and as it is now."""
        data, stated = self.content.evaluation.data, about(self.content)
        cells = {
            "day": (f'TEXT({self._about("data_reference_date")},"yyyy-mm-dd")', str(data.reference_date)),
            "moment": (self._about("data_refreshed_at"), str(stated["data_refreshed_at"])),
            "files": (self._about("data_imported"), str(stated["data_imported"])),
        }
        told = {words: self._filled(words, cells) for words in (*_OWN_DATA, *_OTHERS_TOO)}
        kind, is_own = f'{self._about("data_kind")}="embedded"', f"{self._about('data_imported')}={text(NOTHING)}"
        own, too = (f"IF({kind},{told[first][0]},{told[second][0]})" for first, second in (_OWN_DATA, _OTHERS_TOO))
        shown = (_OTHERS_TOO if data.imported else _OWN_DATA)[data.kind == "refreshed"]
        return f"IF({is_own},{own},{too})", told[shown][1]

    def _filled(self, words: Words, cells: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
        """A sentence with what cells hold in its places, as a formula, and as it is now."""
        parts = self.draft.say(words, **{name: f"\0{name}\0" for name in cells}).split("\0")
        pairs = [cells[part] if place % 2 else (text(part), part) for place, part in enumerate(parts) if part]
        return "&".join(formula for formula, _ in pairs), "".join(value for _, value in pairs)

    def _notes(self, row: int) -> None:
        """What a reader must know, and how to get the same again."""
        page, result = self.page, self.content.evaluation
        page.height(row, 6)
        reproduce = self.draft.say(
            phrases.REPRODUCE, version=self.content.version, thesis=result.thesis, as_of=result.as_of
        )
        notes = [*(self.draft.say(note) for note in say.NOTES), FRED_NOTICE,
                 self.draft.say(phrases.DATA_STATED[self.content.choice]), reproduce]  # fmt: skip
        for note in notes:
            row += 1
            page.paragraph(row, note, "Note", _NOTE_SIZE)
        for label, key, value in zip(say.HASHES, ("definition_hash", "data_hash"),
                                     (result.definition_hash, result.data_hash), strict=True):  # fmt: skip
            row += 1
            page.span(row, (1, 5), self.draft.say(label), "Note")
            cell = page.span(row, (6, COLUMNS), self._unless_changed(self._about(key), value, say.VOID), "Note")
            self.names["DefinitionHash" if key == "definition_hash" else "DataHash"] = cell
        set_page(self.draft, page.sheet, self.content)
        page.sheet.print_area = f"A1:{get_column_letter(COLUMNS)}{row}"
        page.sheet.page_setup.orientation = "portrait"
        page.sheet.page_setup.fitToWidth = page.sheet.page_setup.fitToHeight = 1
        page.sheet.print_options.horizontalCentered = True
        page.sheet.freeze_panes = "A2"


_OWN_DATA = (say.EMBEDDED, say.REFRESHED)
_OTHERS_TOO = (say.EMBEDDED_AND_IMPORTED, say.REFRESHED_AND_IMPORTED)
_OPENINGS = {"full": say.STATUS_FULL, "partial": say.STATUS_PARTIAL, "withheld": say.STATUS_WITHHELD}
