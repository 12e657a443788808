"""``thesis list, new, check, export, import`` as a stranger types them."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import sys
from pathlib import Path

import click
import pytest
import yaml
from openpyxl import load_workbook

import thesis_page
from xl_thesis import authoring
from xl_thesis.checking import TEMPLATE, find_faults, location_of
from xl_thesis.cli import cli, main
from xl_thesis.commands.thesis import thesis as group
from xl_thesis.fields import fields_of
from xl_thesis.thesis import load_thesis, thesis_ids


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cli.commands, "thesis", group)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run("thesis", *arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return captured.err


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("thesis", "list") == 0
    out = capsys.readouterr().out
    assert all(name in out for name in thesis_ids())
    assert out.count("used where none is named") == 1
    assert run("thesis", "list", "--json") == 0
    assert [item["id"] for item in json.loads(capsys.readouterr().out)] == thesis_ids()


def test_a_new_thesis_passes_check_and_scores(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "rates_2027.yaml"
    assert run("thesis", "new", str(path)) == 0
    text = path.read_text(encoding="utf-8")
    assert "id: rates_2027" in text
    assert text.count("#") > 20
    assert run("thesis", "check", str(path)) == 0
    out = capsys.readouterr().out
    assert "rates_2027: no faults" in out
    assert "pillars 2, indicators 2" in out
    assert "100% of the weight is known in published pillars" in out
    assert run("score", "--thesis", str(path)) == 0


@pytest.mark.parametrize(
    ("day", "later", "in_a_year"),
    [
        ("2026-11-23", "2026-11-24", "2027-11-23"), ("2026-11-24", "2026-11-25", "2027-11-24"),
        ("2027-11-22", "2027-11-23", "2028-11-22"), ("2028-02-29", "2028-03-01", "2029-02-28"),
    ],
)  # fmt: skip
def test_a_new_thesis_is_of_the_day_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, day: str, later: str, in_a_year: str
) -> None:
    monkeypatch.setattr(authoring, "today", lambda: dt.date.fromisoformat(day))
    path = authoring.start_thesis(tmp_path / "ours.yaml")
    written = load_thesis(str(path))
    assert str(written.published) == day
    assert list(map(str, written.review_dates)) == [in_a_year]
    assert {str(item.wrong_on) for item in (*written.indicators, *written.claims)} == {in_a_year}
    assert [(str(item.opens), str(item.resolves)) for item in written.questions] == [(later, in_a_year)]
    assert f"# base_date: {day}" in path.read_text(encoding="utf-8")
    question = written.questions[0].text
    assert all(day in text and in_a_year in text for text in (question.en, str(question.in_language("zh-Hant"))))


def test_new_refuses_an_existing_file_and_a_name_that_is_no_id(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("precious", encoding="utf-8")
    assert "exists" in refused(capsys, "new", str(path))
    assert path.read_text(encoding="utf-8") == "precious"
    for name in ("two words.yaml", "1st.yaml", "a" * 41 + ".yaml", "täglich.yaml"):
        assert "cannot be a thesis id" in refused(capsys, "new", str(tmp_path / name))
    assert "must end in .yaml" in refused(capsys, "new", str(tmp_path / "mine.txt"))
    assert "cannot be written" in refused(capsys, "new", str(tmp_path / "nowhere" / "mine.yaml"))
    assert [found.name for found in tmp_path.iterdir()] == ["mine.yaml"]


def test_check_names_every_fault_with_its_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    for old, new in (
        ("direction: 1  ", "direction: 3  "),
        ("pillar: INFLATION", "pillar: INFLATIO"),
        ("source: FRED:CPILFESL", "source: {op: ratio, of: [FRED:NOPE, FRED:CPILFESL]}"),
        ("id: C2", "id: C1"),
        ("below: 60", "below: sixty"),
        ("title: {en: Rates stay high,", "titel: {en: Rates stay high,"),
        ("resolves: 2027-11-23", "resolves: 2025-11-23"),
    ):
        assert text.count(old) >= 1
        text = text.replace(old, new, 1)
    path = tmp_path / "my_thesis.yaml"
    path.write_text(text, encoding="utf-8")
    message = refused(capsys, "check", str(path))
    lines = text.splitlines()
    found = {}
    for shown in message.strip().splitlines()[1:]:
        _, line, words = shown.strip().split(":", 2)
        found[words.strip()] = lines[int(line) - 1]
    expected = {
        "title: this key is missing": "schema_version",
        "titel: unknown key": "titel",
        "labels[1].below: it must be a number, not 'sixty'": "sixty",
        "indicators[0].direction: it must be 1 or -1, not 3": "direction: 3",
        "indicators[1] (core_inflation).pillar: there is no pillar 'INFLATIO'": "INFLATIO",
        "indicators[1] (core_inflation).source.of[0]: unknown series 'FRED:NOPE'": "FRED:NOPE",
        "indicators[1] (core_inflation).claims[0]: there is no claim 'C2'": "claims: [C2]",
        "claims[1] (C1).id: the id 'C1' is used twice": "id: C1",
        "pillars[1] (INFLATION): no indicator": "id: INFLATION",
        "questions[0]: resolves must be after opens": "id: Q1",
    }
    assert len(found) == len(expected)
    for words, line in expected.items():
        assert any(said.startswith(words) and line in place for said, place in found.items()), words


ONE_SENTENCE = [
    ("source: FRED:DGS10 ", "source: dgs10 ", "indicators[0].source: 'dgs10' is not a series id such as FRED:UNRATE"),
    ("source: FRED:DGS10 ", "source: [FRED:DGS10] ", "indicators[0].source: it must be a series id such as"),
    ("source: FRED:DGS10 ", "source: {op: rato, of: [FRED:A, FRED:B]} ", "indicators[0].source.op: it must be 'ratio'"),
    ("span: 12M", "span: soon", "indicators[0].transform.span: 'soon' is not a span"),
    ("span: 12M", "span: [12]", "indicators[0].transform.span: it must be a span such as 13W"),
    ("span: 12M", "spam: 12M", "indicators[0].transform.spam: unknown key"),
    ("kind: change", "kind: chang", "indicators[0].transform: there is no kind 'chang'; there are: 'drift_t'"),
    ("kind: change, ", "", "indicators[0].transform: it needs a `kind`"),
    ("title: {en: Rates stay high, zh-Hant: 利率居高不下}", "title: Rates", "title: it must be in both languages"),
    ("claims: [C1]", "claims: C1", "indicators[0].claims: it must be a list: [one, two]"),
    ("rationale: A rise over a year is what the thesis predicts.", "rationale:",
     "indicators[0].rationale: it must be text; it is empty"),
    ("weight: 0.6", "weight: -1", "pillars[0].weight: it must be 0 or more, not -1"),
    ("below: 40", "below: 400", "labels[0].below: it must be 100 or less, not 400"),
    ("id: RATES", "id: THE RATES", "pillars[0].id: it must begin with a letter"),
    ("hindsight: false", "hindsight: 0", "questions[0].hindsight: it must be true or false"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), ONE_SENTENCE, ids=[new for _, new, _ in ONE_SENTENCE])
def test_a_fault_is_one_sentence_of_ours_that_says_what_to_write(old: str, new: str, said: str) -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    assert old in text
    found = [str(fault).split(": ", 1)[1] for fault in find_faults(text.replace(old, new, 1), TEMPLATE)]
    place = said.split(": ")[0]
    at_place = [fault for fault in found if re.sub(r" \(\w+\)", "", fault).startswith((place, said))]
    assert any(said in re.sub(r" \(\w+\)", "", fault) for fault in at_place)
    assert not [fault for fault in found if re.search("Input|should|valid d|discriminator|function-", fault)]
    if not old.startswith(("id", "span: 12M", "title")):
        assert len(at_place) == 1


def test_a_list_whose_items_all_have_faults_is_not_called_short() -> None:
    text = re.sub(r"weight: \S+", "weight: much", TEMPLATE.read_text(encoding="utf-8"))
    found = [str(fault) for fault in find_faults(text, TEMPLATE)]
    assert len(found) == text.count("weight: much") > 2
    assert all("it must be a number, not 'much'" in fault for fault in found)


@pytest.mark.parametrize("text", ["", "- 1", "a: [1", "id: a\nlabels: 3\nindicators: [1, {id: a}]\nseries: [{}]\n"])
def test_any_file_is_checked_without_a_crash(text: str) -> None:
    assert find_faults(text, Path("mine.yaml"))


def test_a_series_of_ones_own_with_a_fault_hides_no_other() -> None:
    text = "series: [{id: MANUAL:a, lag_days: -1}]\n" + TEMPLATE.read_text(encoding="utf-8")
    text = text.replace("pillar: INFLATION", "pillar: X").replace("source: FRED:DGS10 ", "source: MANUAL:b ")
    found = [str(fault) for fault in find_faults(text, TEMPLATE)]
    assert any("series[0].lag_days" in fault for fault in found)
    assert any("no pillar 'X'" in fault for fault in found)
    assert not any("MANUAL:a'" in fault for fault in found)


def test_check_of_a_thesis_of_the_package_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("thesis", "check", "american_exceptionalism") == 0
    out = capsys.readouterr().out
    assert "without data: YAHOO:DX-Y.NYB" in out
    assert "tpu does not count: no data for FRED:EPUTRADE" in out
    assert run("thesis", "check", "jobless_boom", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["without_data"] == []
    assert found["coverage"] == pytest.approx(0.88)
    assert "too old" in found["unmeasured"]["business_investment"]
    assert "there is no thesis" in refused(capsys, "check", "nothing")
    assert "no such file" in refused(capsys, "check", "nothing.yaml")


def test_export_and_import(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    book, out = tmp_path / "edit.xlsx", tmp_path / "jobless_boom.yaml"
    assert run("thesis", "export", str(book), "--thesis", "jobless_boom") == 0
    assert "exists" in refused_after(capsys, "export", str(book))
    assert run("thesis", "import", str(book), "--out", str(out)) == 0
    assert load_thesis(str(out)) == load_thesis("jobless_boom")
    assert "--force" in refused_after(capsys, "import", str(book), "--out", str(out))
    assert run("thesis", "import", str(book), "--out", str(out), "--force") == 0
    names = ["edit.xlsx", "jobless_boom.bak1.yaml", "jobless_boom.yaml"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def refused_after(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    return refused(capsys, *arguments)


def test_import_writes_nothing_where_there_is_a_fault(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path, out = tmp_path / "edit.xlsx", tmp_path / "jobless_boom.yaml"
    assert run("thesis", "export", str(path), "--thesis", "jobless_boom") == 0
    book = load_workbook(path)
    book["Indicators"]["B7"] = "X"
    book.save(path)
    message = refused_after(capsys, "import", str(path), "--out", str(out))
    assert message == "xl-thesis: edit.xlsx: Indicators!B7: there is no pillar 'X'\n"
    assert not out.exists()
    shutil.copy(TEMPLATE, out)
    assert "Indicators!B7" in refused(capsys, "import", str(path), "--out", str(out), "--force")
    assert out.read_bytes() == TEMPLATE.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("export", "book.xls"), "must end in .xlsx"),
        (("export", "book.xlsx", "--thesis", "nothing"), "there is no thesis 'nothing'"),
        (("import", "book.xlsx", "--out", "a.yaml"), "there is no file"),
        (("import", "book.xlsx", "--out", "a.txt"), "must end in .yaml"),
        (("import", "book.xlsx", "--out", "a b.yaml"), "cannot be a thesis id"),
        (("import", "book.xlsx"), "Missing option '--out'"),
        (("import", ".", "--out", "a.yaml"), "cannot be read"),
    ],
)
def test_each_mistake_gets_one_sentence(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    message = refused(capsys, *arguments)
    assert words in message
    assert len(message.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_every_command_says_what_it_does() -> None:
    for command in group.commands.values():
        assert command.help
        assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_a_location_reads_back() -> None:
    assert location_of("labels") == ("labels",)
    assert location_of("title.zh-Hant") == ("title", "zh-Hant")
    assert location_of("claims[2] (C.3).tested_by[0]") == ("claims", 2, "tested_by", 0)


# ---- docs/THESIS.md ----


def test_the_field_reference_is_the_schema_s() -> None:
    text = thesis_page.PAGE.read_text(encoding="utf-8")
    assert text == thesis_page.page(text), "run: python tools/thesis_page.py"


def test_the_reference_has_every_field_and_kind() -> None:
    reference = thesis_page.reference()
    for model in thesis_page.models_of(thesis_page.Thesis):
        assert f"### {model.__name__}\n" in reference
        assert all(f"| `{field.key}` |" in reference for field in fields_of(model))
    for variants in thesis_page.variants_of(thesis_page.Thesis).values():
        assert all(f"| `{kind}` |" in reference for kind in variants)


EVIDENCE = {"target", "rate_differential"}  # only for `validate`, and docs/THESIS.md has them


def test_the_template_mentions_every_section() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    assert all(f"{field.key}:" in text for field in fields_of(thesis_page.Thesis) if field.key not in EVIDENCE)
    assert yaml.safe_load(text)["id"] == TEMPLATE.stem
    assert sys.getsizeof(text) < 20_000
