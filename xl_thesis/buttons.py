"""What Excel's buttons ask for: one call that never raises; what takes long runs in the background, one job at a time.

The answer is one word, ``running``, ``done`` or ``failed``, a tab and a sentence for people; where Excel goes on with
something, a tab and that. Excel asks for ``state`` once a second until the word is another; cancelling leaves what has
arrived in the store. Every question comes with the thesis of the workbook in front, empty for the default one.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Event as Flag
from threading import Lock, Thread

from xl_thesis import actions, artefacts, entries, importing, mailed, published, settings
from xl_thesis.authoring import require_thesis_name
from xl_thesis.default_store import open_default_store
from xl_thesis.definition import Thesis
from xl_thesis.errors import DefinitionError, InputError, MissingData, ThesisError
from xl_thesis.files import put_file, require_free
from xl_thesis.pipeline import Scorer
from xl_thesis.refresh_report import NOTHING, Event
from xl_thesis.thesis import load_thesis, thesis_ids
from xl_thesis.version import VERSION
from xl_thesis.wording import count

Answer = tuple[str, ...]
"""The word, the sentence, and what Excel goes on with, if anything."""

_COPIES: set[str] = set()  # files that Excel was told to write, and nobody else's
_HEADER = "# The definition sheets of a workbook, as its button Use definition has read them.\n"
_MOST_LINES = 20  # of a report, in a dialog
_LOG = logging.getLogger(__name__)


class Job:
    """A piece of work in a thread of its own, with a state that can be asked for at any time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._thread: Thread | None = None
        self._stop = Flag()
        self._state = ("done", "nothing has run yet")

    def start(self, name: str, work: Callable[[Job], str]) -> tuple[str, str]:
        """Begin, unless something runs already; return the state at once."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._stop.clear()
                self._state = ("running", f"{name} begins")
                self._thread = Thread(target=self._run, args=(work,), daemon=True, name=name)
                self._thread.start()
            return self._state

    def cancel(self) -> tuple[str, str]:
        """Ask the work to stop; it does so at its next step."""
        self._stop.set()
        word, sentence = self._state
        return (word, "stopping") if word == "running" else (word, sentence)

    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stop.is_set()

    def tell(self, sentence: str) -> None:
        """What is being done now."""
        self._state = ("running", sentence)

    @property
    def state(self) -> tuple[str, str]:
        """One word and a sentence."""
        return self._state

    def wait(self, seconds: float) -> None:
        """Until the work has ended, or so long."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, work: Callable[[Job], str]) -> None:
        try:
            self._state = ("done", work(self))
        except ThesisError as error:
            self._state = ("failed", str(error))
        except Exception as error:  # noqa: BLE001 - a thread has nobody to raise to
            _LOG.exception("a job failed")
            self._state = ("failed", f"a fault of xl-thesis ({type(error).__name__}); every old value is kept")


JOB = Job()


def press(action: str, argument: str = "", thesis: str = "") -> str:
    """Answer a button: ``word<TAB>sentence``; whatever goes wrong is the answer ``failed``.

    >>> press("nothing")
    "failed\\tthere is no button 'nothing'"
    """
    if action not in _ACTIONS:
        return f"failed\tthere is no button '{action}'"
    try:
        word, *said = _ACTIONS[action](argument, thesis.strip())
    except ThesisError as error:
        word, said = "failed", [str(error), *([error.first] if isinstance(error, _Faulty) else [])]
    except Exception as error:  # noqa: BLE001 - a fault of ours must not become a dialog of VBA's
        _LOG.exception("the button %s failed", action)
        word, said = "failed", [f"a fault of xl-thesis ({type(error).__name__}); nothing was changed"]
    return "\t".join([word, *(part.replace("\t", " ") for part in said)])


def _refresh(_: str, thesis: str) -> Answer:
    return JOB.start("refresh", lambda job: _do_refresh(job, thesis))


def _do_refresh(job: Job, thesis: str) -> str:
    """The command's own refresh. It keeps every old value where a source fails, and says so.

    Raises ``MissingData`` with what failed where nothing was brought.
    """

    def heard(event: Event) -> None:
        job.tell(f"{event.done} of {event.total}: {event.result.series_id}")

    report = actions.refresh(thesis=thesis or None, progress=heard, cancelled=job.cancelled)
    if report.exit_code == NOTHING and not report.stopped:
        raise MissingData("\n".join(report.lines()[:_MOST_LINES]))
    return "\n".join(report.lines())


def _snapshot(path: str, thesis: str) -> Answer:
    def work(job: Job) -> str:
        job.tell("evaluating")
        with open_default_store() as store:
            log = published.open_log()
            _, written = actions.snapshot(Scorer(_chosen(thesis), store), None, _xlsx(path), force=True, log=log)
        return f"Snapshot: {written}"

    return JOB.start("snapshot", work)


def _update(path: str, _: str) -> Answer:
    """A snapshot's tables in place, by the command's own update; Excel has closed the file."""
    book = mailed.open_mailed(Path(path))
    with open_default_store() as store:
        done = mailed.update(Scorer(_thesis_of(book), store), book)
    lines = list(done.report.lines()) or ["nothing differs"]
    return "done", "\n".join([f"{book.thesis}: from {done.before} to {done.after}", *lines[:_MOST_LINES]])


def _thesis_of(book: mailed.Mailed) -> Thesis:
    """What a snapshot was made from: the default thesis's file where it has that id, else one that a template's
    definition was put into, else a packaged thesis.

    Raises ``InputError`` where it is none of them.
    """
    default, own = settings.default_thesis(), _definitions() / f"{book.thesis}.yaml"
    if default != book.thesis and Path(default).stem == book.thesis:
        return load_thesis(default)
    if book.thesis in thesis_ids():
        return load_thesis(book.thesis)
    if own.is_file():
        return load_thesis(str(own))
    raise InputError(
        f"'{book.path.name}' is of {book.thesis}, a thesis of your own; make its file the one used by default, with"
        f" xl-thesis config set thesis and the path of {book.thesis}.yaml, then refresh again"
    )


def _new(path: str, _: str) -> Answer:
    return "done", f"Template: {new_template(Path(path))}"


def _definition(path: str, thesis: str) -> Answer:
    """The definition to edit, under the name of its new file, which is the id that it has when it is read back."""
    from xl_thesis_workbook.definition_book import write_definition

    target = _xlsx(path)
    require_thesis_name(target.with_suffix(".yaml"))
    named = _chosen(thesis).model_copy(update={"id": target.stem})
    return "done", f"Definition: {write_definition(named, target, force=True)}"


def _import(path: str, _: str) -> Answer:
    """The edited definition as a thesis file beside the workbook; an older one is kept as a backup."""
    from xl_thesis_workbook.definition_import import read_definition

    source = _xlsx(path)
    target = source.with_suffix(".yaml")
    require_thesis_name(target)
    put_file(target, read_definition(source, target).encode(), force=True)
    return "done", f"Thesis: {target}. The dashboard calculates with it.", str(target)


def _copy(_: str, __: str) -> Answer:
    """Where Excel may put a copy of the workbook in front, so that its definition can be read while it stays open."""
    handle, name = tempfile.mkstemp(prefix="definition_", suffix=".xlsm")
    os.close(handle)
    _COPIES.add(name)
    return "done", "a copy of the workbook is read", name


def _check(path: str, _: str) -> Answer:
    """Whether the definition sheets of a copy hold a thesis; every fault by its cell, and the first one to go to."""
    target, _text = _read_copy(Path(path))
    return "done", f"The definition of {target.stem} has no fault. Use it to calculate with it."


def _apply(path: str, _: str) -> Answer:
    """The definition sheets of a copy as a thesis file in the user's folder; an older one is kept as a backup."""
    target, text = _read_copy(Path(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        put_file(target, text.encode(), force=True)
    return "done", f"Thesis: {target}. The dashboard calculates with it.", str(target)


def _read_copy(path: Path) -> tuple[Path, str]:
    """The file that a definition belongs into and its text; the copy is deleted.

    Raises ``_Faulty`` with the faults by cell, and ``InputError`` for a file that is no such copy.
    """
    from xl_thesis_workbook.definition_import import read_own_definition

    if str(path) not in _COPIES:
        raise InputError(f"'{path}' is not the copy of a workbook that was asked for")
    try:
        target, text = read_own_definition(path, _definitions())
        return target, _HEADER + text.partition("\n")[2]
    except DefinitionError as error:
        raise _Faulty(error) from None
    finally:
        _COPIES.discard(str(path))
        path.unlink(missing_ok=True)


class _Faulty(InputError):
    """What is wrong with a definition, one line a cell; ``first`` is the cell to go to."""

    def __init__(self, error: DefinitionError) -> None:
        lines = [f"{fault.field}: {fault.message}" for fault in error.faults]
        more = [f"and {len(lines) - _MOST_LINES} more"] if len(lines) > _MOST_LINES else []
        super().__init__("\n".join([*lines[:_MOST_LINES], *more]))
        self.first = error.faults[0].field


def _definitions() -> Path:
    """Where the definitions of template workbooks are put; a workbook itself may lie where no program can write."""
    return settings.home() / "theses"


def _enter(lines: str, _: str) -> Answer:
    """The rows of the sheet of manual entries, by the rules of ``xl-thesis import``; empty rows are left out."""
    rows = [(number, line.split("\t")) for number, line in enumerate(lines.split("\n"), start=1) if line.strip()]
    if not rows:
        return "done", "There is nothing to enter: the table is empty."
    report = importing.import_sheet([(0, list(entries.MANUAL_HEADER)), *rows], "Manual entries")
    return "done", f"{count(report.rows, 'value is', 'values are')} in the store, {report.added} of them new."


def _settings(_: str, thesis: str) -> Answer:
    facts = {
        "xl-thesis": VERSION,
        "Python": sys.executable,
        "Thesis": thesis or settings.default_thesis(),
        "Folder": str(settings.home()),
    }
    return "done", "\n".join(f"{name}: {value}" for name, value in facts.items())


_ACTIONS: dict[str, Callable[[str, str], Answer]] = {
    "refresh": _refresh,
    "state": lambda *_: JOB.state,
    "cancel": lambda *_: JOB.cancel(),
    "snapshot": _snapshot,
    "update": _update,
    "new": _new,
    "definition": _definition,
    "import": _import,
    "copy": _copy,
    "check": _check,
    "apply": _apply,
    "enter": _enter,
    "settings": _settings,
}


def new_template(path: Path, *, classic: bool = False, force: bool = False) -> Path:
    """Write the template workbook; ``classic`` for Excel 2016 and 2019, which have no dynamic arrays.

    Raises ``InputError`` where the file exists and ``force`` is not given, or cannot be written.
    """
    require_free(path, ".xlsm", force=force)
    name = artefacts.CLASSIC if classic else artefacts.TEMPLATE
    return put_file(path, artefacts.excel_file(name), force=force)


def _xlsx(path: str) -> Path:
    if not path.lower().endswith(".xlsx"):
        raise InputError(f"'{path}' must end in .xlsx")
    return Path(path)


def _chosen(thesis: str) -> Thesis:
    return load_thesis(thesis or settings.default_thesis())
