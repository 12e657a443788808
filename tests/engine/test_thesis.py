"""A definition's faults are reported together, each with its file, line and field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xl_thesis.definition import Thesis
from xl_thesis.errors import DefinitionError, InputError
from xl_thesis.thesis import computation_key, definition_hash, load_thesis, parse_thesis

from .mini import as_yaml, document


def parse(content: dict[str, Any]) -> Thesis:
    return parse_thesis(as_yaml(content), Path("mini.yaml"))


def faults(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        parse_thesis(text, Path("mini.yaml"))
    return [str(fault) for fault in caught.value.faults]


def test_all_faults_at_once_with_line_and_field() -> None:
    content = document()
    content["indicators"][0]["direction"] = 2
    content["indicators"][1]["wieght"] = 3
    content["pillars"][0]["role"] = "cause"
    del content["claims"][0]["verdict"]
    found = faults(as_yaml(content))
    assert len(found) == 4
    assert any(fault.endswith("indicators[1].wieght: unknown key") for fault in found)
    assert any("claims[0].verdict: this key is missing" in fault for fault in found)
    lines = as_yaml(content).splitlines()
    unknown = next(fault for fault in found if "wieght" in fault)
    assert "wieght" in lines[int(unknown.split(":")[1]) - 1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [1", "not valid YAML"),
        ("- 1", "must be a mapping"),
        ("", "must be a mapping"),
        ("published: 2025-13-45", "not valid YAML"),
        ("a: !!python/object/apply:os.system [x]", "not valid YAML"),
        ("\x00", "not valid YAML"),
    ],
)
def test_broken_yaml_is_one_sentence(text: str, words: str) -> None:
    found = faults(text)
    assert len(found) == 1
    assert words in found[0]


def test_a_key_written_twice_is_a_fault() -> None:
    assert any("written twice" in fault for fault in faults("id: mini\nid: mini\n"))


def test_a_key_written_twice_is_a_fault_in_an_otherwise_good_file() -> None:
    text = as_yaml(document()).replace("  weight: 2.0\n", "  weight: 2.0\n  weight: 3.0\n")
    assert [fault for fault in faults(text) if "written twice" in fault]


def test_words_that_yaml_reads_as_booleans_say_to_be_quoted() -> None:
    text = as_yaml(document()).replace("id: low", "id: no")
    assert any("put it in quotes" in fault for fault in faults(text))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("indicators", 0, "pillar"), "X", "no pillar 'X'"),
        (("indicators", 0, "claims"), ["C9"], "no claim 'C9'"),
        (("indicators", 0, "source"), "MANUAL:nothing", "unknown series 'MANUAL:nothing'"),
        (("indicators", 0, "id"), "drift", "used twice"),
        (("claims", 0, "group"), "X", "no pillar 'X'"),
        (("labels", 1, "below"), 90, "end at 100"),
        (("indicators", 2, "weight"), 0, "weight above 0"),
        (("id",), "maxi", "file's name"),
    ],
)
def test_inconsistencies(path: tuple[str | int, ...], value: object, words: str) -> None:
    content = document()
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert any(words in fault for fault in faults(as_yaml(content)))


def test_a_percentile_of_a_statistic_is_refused() -> None:
    content = document()
    content["indicators"][1]["normalise"] = {"kind": "midrank"}
    assert any("not midrank" in fault for fault in faults(as_yaml(content)))


def test_goalposts_must_ascend() -> None:
    content = document()
    content["indicators"][2]["normalise"]["posts"] = [3, 0, -2]
    assert any("ascend" in fault for fault in faults(as_yaml(content)))


def test_an_unknown_thesis_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="american_exceptionalism"):
        load_thesis("no_such")


def test_a_missing_file_and_one_that_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="no such file"):
        load_thesis(str(tmp_path / "nowhere.yaml"))
    (tmp_path / "mini.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DefinitionError, match="not UTF-8"):
        load_thesis(str(tmp_path / "mini.yaml"))


def test_the_hash_follows_what_affects_the_score_and_nothing_else() -> None:
    plain = definition_hash(parse(document()))
    words = document()
    words["title"]["en"] = "Other words"
    words["indicators"][0]["rationale"] = "another reason"
    words["claims"][0]["text"]["en"] = "Said otherwise"
    assert definition_hash(parse(words)) == plain
    for path, value in [(("weight",), 2.0), (("direction",), -1), (("contested",), True),
                        (("transform", "span"), "6M")]:  # fmt: skip
        changed = document()
        place = changed["indicators"][0]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        assert definition_hash(parse(changed)) != plain
    lag = document()
    lag["series"][0]["lag_days"] = 11
    assert definition_hash(parse(lag)) != plain


def test_precomputed_scores_are_for_one_computation_only() -> None:
    plain, changed = parse(document()), document()
    changed["indicators"][1]["transform"]["window"] = 121
    weighted = document()
    weighted["indicators"][1]["weight"] = 9
    key = computation_key(plain.indicators[1], plain)
    assert computation_key(parse(changed).indicators[1], parse(changed)) != key
    assert computation_key(parse(weighted).indicators[1], parse(weighted)) == key
