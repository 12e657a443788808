"""Workbooks that were given away: brought up to date, held against the engine, compared with each other."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from xl_thesis.errors import InputError
from xl_thesis.files import put_file
from xl_thesis.ledger import Ledger, open_log
from xl_thesis.pipeline import Scorer
from xl_thesis.thesis import thesis_ids

if TYPE_CHECKING:
    from xl_thesis.definition import Thesis
    from xl_thesis_workbook.about import Changed
    from xl_thesis_workbook.renewal import Fresh
    from xl_thesis_workbook.report import Report

Verdict = Literal["untouched", "inputs changed", "data changed"]
_KINDS = (".xlsx", ".xlsm")
_NUMBERED = re.compile(r"\b(pillars|indicators|labels)\.(\d+)")
_LARGEST = 100_000_000


@dataclass(frozen=True)
class Mailed:
    """A workbook of ours as it came back: its bytes, and what it says it was made from."""

    path: Path
    data: bytes
    thesis: str
    as_of: dt.date
    definition_hash: str
    data_hash: str
    version: str
    language: str
    choice: str


@dataclass(frozen=True)
class Updated:
    """What an update did: the file, where it was written (None where it was not), the day before and after."""

    path: Path | None
    before: dt.date
    after: dt.date
    report: Report

    def to_json(self) -> dict[str, Any]:
        """The update as JSON values."""
        return {
            "file": None if self.path is None else str(self.path),
            "as_of_before": self.before.isoformat(),
            "as_of": self.after.isoformat(),
            **self.report.to_json(),
        }


@dataclass(frozen=True)
class Verified:
    """How a workbook stands to the engine's numbers of its own day.

    ``score`` is the engine's for the inputs in the file; ``results_checked`` is false where no thesis can have them.
    """

    verdict: Verdict
    report: Report
    notes: tuple[str, ...]
    results_checked: bool
    score: float | None

    def to_json(self) -> dict[str, Any]:
        """The check as JSON values."""
        return {
            "verdict": self.verdict,
            "results_checked": self.results_checked,
            "score": self.score,
            "remarks": list(self.notes),
            **self.report.to_json(),
        }


@contextmanager
def _sound(failure: str) -> Iterator[None]:
    """Refuse a workbook in one sentence, also where what it holds makes no sense."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{failure}: {error}") from None
    except (ValueError, TypeError, LookupError, OverflowError, SyntaxError) as error:
        raise InputError(f"{failure}: it is damaged; open it in Excel, save it, and try again") from error


def open_mailed(path: Path) -> Mailed:
    """Read a workbook of ours. Raises ``InputError`` for a file that is none, or is not safe to open."""
    from xl_thesis_workbook.about import read_about

    data = _read(path)
    with _sound(f"'{path.name}' cannot be used"):
        found = read_about(data)
    return Mailed(path=path, data=data, **found)


def package_thesis(book: Mailed) -> str:
    """The thesis of a workbook where it came with the package. Raises ``InputError`` for one of somebody's own."""
    if book.thesis not in thesis_ids():
        raise InputError(
            f"'{book.path.name}' is of the thesis {book.thesis}, which did not come with the package; name its file:"
            f" --thesis {book.thesis}.yaml"
        )
    return book.thesis


def _read(path: Path) -> bytes:
    if path.suffix.lower() not in _KINDS:
        raise InputError(f"'{path.name}' must end in .xlsx or .xlsm")
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"'{path.name}' is larger than {_LARGEST // 1_000_000} MB")
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"there is no file '{path}'") from None
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror or type(error).__name__}") from None


def update(
    scorer: Scorer,
    book: Mailed,
    as_of: dt.date | None = None,
    out: Path | None = None,
    *,
    dry_run: bool = False,
    backup: bool = True,
    force: bool = False,
    ledger: Path | None = None,
) -> Updated:
    """Bring a workbook up to date; written only where something differs, to ``out`` or in its own place.

    Raises ``InputError``, and leaves the file as it was, for a workbook of another definition or a later day, for a
    place that cannot be written, and for what cannot be changed without harm.
    """
    from xl_thesis_workbook.renewal import Renewal

    day = scorer.default_as_of() if as_of is None else as_of
    scorer.check(day)
    if day < book.as_of:
        known = f"the data known here end on {day}" if as_of is None else f"{day} is before that"
        raise InputError(f"'{book.path.name}' is of {book.as_of} already, and {known}")
    target = (out or book.path).resolve()
    if out is None and not dry_run:
        _check_free(target)
    try:
        changed = _changed(scorer, book)
    except InputError:
        changed = None  # then formulas keep their values until the file is next calculated
    fresh = _fresh(scorer, book, day, ledger, changed)
    with _sound(f"'{book.path.name}' cannot be updated"):
        renewal = Renewal(book.data, fresh, book.as_of)
        report = renewal.run()
        content = renewal.finish()
    written = None
    if not dry_run and (out is not None or content != book.data):
        written = put_file(target, content, force=out is None or force, backup=backup)
    return Updated(written, book.as_of, day, report)


def verify(scorer: Scorer, book: Mailed, ledger: Path | None = None) -> Verified:
    """Hold a workbook against the engine's numbers of its own day, cell by cell.

    Where inputs were changed, formulas are held against the engine's numbers for the thesis with these inputs. Raises
    ``InputError`` for a workbook of another definition.
    """
    from xl_thesis.version import VERSION

    scorer.check(book.as_of)
    notes, changed, is_scored = [], None, True
    try:
        changed = _changed(scorer, book)
    except InputError as error:
        notes.append(f"results were not checked: {_with_ids(str(error), scorer.thesis)}")
        is_scored = False
    with _sound(f"'{book.path.name}' cannot be checked"):
        report = _checked(scorer, book, ledger, changed)
        if changed and report.calculated:
            before = _checked(scorer, book, ledger)
            if len(before.calculated) < len(report.calculated):
                report = before
                notes.append("its results are those of the definition's inputs: it was not calculated since")
    if report.calculated and all(item.before is None for item in report.calculated):
        notes.append("its formulas have no values, as a program that does not calculate saves them; update it")
    result = scorer.evaluate(book.as_of)
    if result.data_hash != book.data_hash:
        notes.append("the data known here for that day are not those that the file was made from (data hash)")
    if book.version != VERSION:
        notes.append(f"the file was made by version {book.version}, this is {VERSION}")
    is_data = report.changed or report.added or report.rows or report.formulas or report.missing
    if is_data or (report.calculated and is_scored):
        verdict: Verdict = "data changed"
    else:
        verdict = "inputs changed" if report.inputs else "untouched"
    score = changed.scorer.evaluate(book.as_of).score if changed else result.score
    return Verified(verdict, report, tuple(notes), is_scored, score if is_scored else None)


def _with_ids(words: str, thesis: Thesis) -> str:
    """A sentence about a definition with ids in the place of numbers: ``INFLATION.weight`` for ``pillars.1.weight``."""
    return _NUMBERED.sub(lambda found: getattr(thesis, found[1])[int(found[2])].id, words)


def _checked(scorer: Scorer, book: Mailed, ledger: Path | None, changed: Changed | None = None) -> Report:
    """What differs between a workbook and the one that would be made of its own day."""
    from xl_thesis_workbook.renewal import Renewal

    return Renewal(book.data, _fresh(scorer, book, book.as_of, ledger, changed), book.as_of, is_check=True).run()


def _changed(scorer: Scorer, book: Mailed) -> Changed | None:
    """The thesis as the inputs of a workbook have it; None where they are the definition's.

    Raises ``InputError`` for inputs that no thesis can have.
    """
    from xl_thesis_workbook.about import Changed
    from xl_thesis_workbook.whatif import Inputs

    with _sound("its inputs cannot be read"):
        inputs = Inputs.read(book.data, book.language)
    if not inputs.changed or book.choice == "none":
        return None
    return Changed(Scorer(inputs.thesis(scorer.thesis), scorer.store), inputs.changed)


def compare(first: Path, second: Path) -> tuple[Mailed, Mailed, Report]:
    """What moved between two workbooks of ours."""
    from xl_thesis_workbook.comparison import compare as compare_books

    before, after = open_mailed(first), open_mailed(second)
    with _sound(f"'{first.name}' and '{second.name}' cannot be compared"):
        report = compare_books(before.data, after.data)
    return before, after, report


def write_comparison(before: Mailed, after: Mailed, report: Report, path: Path, *, force: bool) -> Path:
    """Write a comparison as a workbook and return its path."""
    from xl_thesis_workbook.comparison import comparison_bytes

    if path.suffix.lower() != ".xlsx":
        raise InputError(f"'{path.name}' must end in .xlsx")
    return put_file(path, comparison_bytes(report, before.path.name, after.path.name, after.as_of), force=force)


def _fresh(scorer: Scorer, book: Mailed, day: dt.date, ledger: Path | None, changed: Changed | None = None) -> Fresh:
    """The workbook as it would be made on a day, of the same thesis, language and kind."""
    from xl_thesis_workbook.about import fresh_of

    if scorer.definition_hash != book.definition_hash:
        raise InputError(
            f"'{book.path.name}' was made from another definition of {book.thesis}"
            f" ({book.definition_hash[:12]}, not {scorer.definition_hash[:12]}); name its file with --thesis, or make a"
            " new snapshot"
        )
    standings = Ledger(scorer.thesis, open_log(ledger)).standings(scorer.knowledge, day)
    return fresh_of(scorer, day, standings, book.language, book.choice, book.data, changed)


def _check_free(path: Path) -> None:
    """Raise ``InputError`` for a file that another program has open, or that must not be written."""
    owners = (f"~${path.name}", f".~lock.{path.name}#")
    if any(path.with_name(name).exists() for name in owners):
        raise InputError(f"'{path.name}' is open in another program; close it there, or write elsewhere with --out")
    if not path.stat().st_mode & 0o222:
        raise InputError(f"'{path.name}' is read-only; write elsewhere with --out")
