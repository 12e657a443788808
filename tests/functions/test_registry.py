"""The registry: complete, within the limits of every host, and the home of the reference page."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

import xl_thesis
from xl_thesis_udfs import edge, formula, reference
from xl_thesis_udfs.arguments import AsOf
from xl_thesis_udfs.cells import CellError
from xl_thesis_udfs.registry import FUNCTIONS, LONGEST_HELP, FunctionSpec, cell_function

assert reference.page()  # fills the registry

NEED_VENDOR_PRICES = {"MSTR_MNAV"}
# Formulas in people's workbooks give arguments by place: what stands here is never reordered, only added to.
PROMISED = """
THESIS_SCORE as_of thesis
THESIS_LABEL as_of thesis
THESIS_BAND bound as_of thesis
THESIS_COVERAGE as_of thesis
THESIS_PILLAR pillar field as_of thesis
THESIS_INDICATOR indicator field as_of thesis
THESIS_TABLE level as_of thesis
THESIS_HISTORY item start finish frequency thesis
THESIS_CHANGE since
THESIS_CLAIM claim field
THESIS_LEDGER
THESIS_ASOF
THESIS_STATUS
DXY as_of source
DXY_TREND window as_of field
DXY_HISTORY start finish frequency
THESIS_SERIES id start finish frequency transform as_of
THESIS_LATEST id as_of
THESIS_META id field
THESIS_RELATIVE a b window as_of
THESIS_BETA asset benchmark weeks as_of
FED_CUTS by as_of
MSTR_MNAV as_of definition
"""

# Keywords of VBA, and the names of its library that an argument would hide.
VBA = set(
    """
abs addressof alias and any appactivate array as asc atn base beep binary boolean byref byte byval calendar call
callbyname case cbool cbyte ccur cdate cdbl cdec chdir chdrive choose chr cint clng close collection command compare
const cos createobject csng cstr curdir currency cvar cverr date dateadd datediff datepart dateserial datevalue day
ddb debug decimal declare defbool defbyte defcur defdate defdbl defdec defint deflng defobj defsng defstr defvar dim
dir do doevents double each else elseif empty end endif enum environ eof eqv erase err error event exit exp explicit
false fileattr filecopy filedatetime filelen filter fix for format formatcurrency formatdatetime formatnumber
formatpercent freefile friend function fv get getallsettings getattr getobject getsetting global gosub goto hex hour
if iif imp implements in input inputb inputbox instr instrrev int integer interface ipmt irr is isarray isdate isempty
iserror ismissing isnull isnumeric isobject join kill lbound lcase left len let lib like line load loc lock lof log
long longlong longptr loop lset ltrim macid me mid minute mirr mkdir mod module month monthname msgbox name new next
not nothing now nper npv null object oct on open option optional or output paramarray partition pmt ppmt preserve
print private property ptrsafe public put pv qbcolor raiseevent random randomize rate read redim rem replace reset
resume return rgb right rmdir rnd round rset rtrim savesetting second seek select sendkeys set setattr sgn shared
shell sin single sln space spc split sqr static step stop str strcomp strconv string strreverse sub switch syd tab tan
text then time timer timeserial timevalue to trim true type typename typeof ubound ucase unload unlock until val
variant vartype wend weekday weekdayname while width with withevents write xor year
""".split()
)

each_function = pytest.mark.parametrize("spec", FUNCTIONS.values(), ids=list(FUNCTIONS))


def test_every_promised_function_is_there_with_its_arguments_in_order() -> None:
    for name, *arguments in map(str.split, PROMISED.strip().splitlines()):
        assert [argument.name for argument in FUNCTIONS[name].arguments][: len(arguments)] == arguments, name


def test_the_reference_page_is_the_registry() -> None:
    committed = Path(xl_thesis.__file__).parent.parent / "docs" / "FUNCTIONS.md"
    if not committed.exists():  # an installed package without its repository
        committed = Path(__file__).parents[2] / "docs" / "FUNCTIONS.md"
    assert committed.read_text(encoding="utf-8") == reference.page()


def test_the_reference_page_has_every_word_of_an_arguments_help() -> None:
    plain = reference.page().replace("`", "")
    for spec in FUNCTIONS.values():
        for argument in spec.arguments:
            if " ..." not in argument.help:  # the page has all choices, a host's help as many as fit
                assert f"- {argument.name} ({argument.kind}): {argument.help}\n" in plain, (spec.name, argument.name)


def test_what_a_function_returns_is_said_also_of_fields_of_another_kind() -> None:
    said = {name: FUNCTIONS[name].returned for name in ("THESIS_SCORE", "THESIS_INDICATOR", "THESIS_META")}
    assert said == {
        "THESIS_SCORE": "number",
        "THESIS_INDICATOR": "number, text or date by field",
        "THESIS_META": "text, number or date by field",
    }
    fields = [
        formula.evaluate(f'=THESIS_INDICATOR("broad_usd", "{name}")') for name in ("score", "status", "observed_on")
    ]
    assert [type(value) for value in fields] == [float, str, dt.date]


@each_function
def test_the_example_gives_a_value(spec: FunctionSpec) -> None:
    assert spec.example.startswith(f"={spec.name}(")
    value = formula.evaluate(spec.example)
    if spec.name in NEED_VENDOR_PRICES:
        assert isinstance(value, CellError) and value.code == "#N/A" and "YAHOO:" in value.sentence
        return
    assert not isinstance(value, CellError), value
    if isinstance(value, list):
        assert spec.returns == "table"
        assert len({len(row) for row in value}) == 1
        assert all(isinstance(header, str) for header in value[0])
        assert len(set(map(str, value[0]))) == len(value[0])
        if spec.columns:
            assert tuple(value[0]) == spec.columns
    else:
        assert spec.returns != "table"


@each_function
def test_names_and_texts_fit_every_host(spec: FunctionSpec) -> None:
    assert re.fullmatch(r"[A-Z][A-Z_]{1,30}", spec.name)
    assert len(spec.summary) <= LONGEST_HELP
    assert len(spec.arguments) <= 60
    assert len(spec.signature) <= LONGEST_HELP
    for text in (spec.summary, spec.errors, spec.example, *(argument.help for argument in spec.arguments)):
        assert text.isprintable() and text == text.strip()
    for argument in spec.arguments:
        assert 0 < len(argument.help) <= LONGEST_HELP and argument.help.endswith(".")
        assert re.fullmatch(r"[a-z][a-z_]*", argument.name)
        assert argument.name not in VBA, f"{argument.name} is a word of the language of a host"


@each_function
def test_a_name_is_no_cell(spec: FunctionSpec) -> None:
    assert not re.fullmatch(r"[A-Z]{1,3}\d+", spec.name)
    assert spec.name.lower() not in VBA


@each_function
def test_arguments_follow_the_conventions(spec: FunctionSpec) -> None:
    names = [argument.name for argument in spec.arguments]
    assert "thesis" not in names[:-1], "the thesis is last"
    required = [argument.required for argument in spec.arguments]
    assert required == sorted(required, reverse=True), "required ones come first"
    assert sum(required) <= 2
    for argument in spec.arguments:
        assert (argument.default is None) == argument.required
        assert argument.kind in ("date", "text", "number")
        assert argument.kind != "number" or argument.unit
    for first, second in (("start", "finish"), ("finish", "frequency"), ("field", "as_of")):
        if first in names and second in names and spec.name != "DXY_TREND":  # its field came last in the plan
            assert names.index(first) < names.index(second)


@each_function
def test_every_choice_is_taken_and_no_other(spec: FunctionSpec) -> None:
    """With the other arguments of the example; the date of the example keeps it quick."""
    name, given = formula.parse(spec.example)
    given += [None] * (len(spec.arguments) - len(given))
    for place, argument in enumerate(spec.arguments):
        for word in argument.choices:
            value = edge.call(name, [*given[:place], word.upper(), *given[place + 1 :]])
            assert not (isinstance(value, CellError) and "is not one of" in value.sentence), (word, value)
        if argument.choices and spec.name not in NEED_VENDOR_PRICES:
            value = edge.call(name, [*given[:place], "nonsense", *given[place + 1 :]])
            assert isinstance(value, CellError) and value.code == "#VALUE!", (argument.name, value)
            assert argument.choices[0] in value.sentence


def test_an_argument_without_words_is_refused() -> None:
    def nameless(as_of: AsOf = None, other: dt.date | None = None) -> float:
        """Nothing.

        Errors: none.
        Example: =NAMELESS()
        """
        return 0.0

    with pytest.raises(TypeError, match="other"):
        cell_function("number", "Nowhere")(nameless)
    assert "NAMELESS" not in FUNCTIONS
