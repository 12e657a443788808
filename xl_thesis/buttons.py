"""What Excel's buttons ask for: one call that never raises; what takes long runs in the background, one job at a time.

The answer is one word, ``running``, ``done`` or ``failed``, a tab and a sentence for people. Excel asks for ``state``
once a second until the word is another; cancelling leaves what has arrived in the store.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event as Flag
from threading import Lock, Thread
from typing import Any

from xl_thesis import actions, artefacts, entries, importing, mailed, published, settings
from xl_thesis.authoring import require_thesis_name
from xl_thesis.definition import Thesis
from xl_thesis.errors import InputError, ThesisError
from xl_thesis.files import put_file, require_free
from xl_thesis.pipeline import Scorer, open_default_store
from xl_thesis.refresh_report import Event
from xl_thesis.thesis import load_thesis, thesis_ids
from xl_thesis.version import VERSION

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


def press(action: str, argument: str = "") -> str:
    """Answer a button: ``word<TAB>sentence``; whatever goes wrong is the answer ``failed``.

    >>> press("nothing")
    "failed\\tthere is no button 'nothing'"
    """
    if action not in _ACTIONS:
        return f"failed\tthere is no button '{action}'"
    try:
        word, sentence = _ACTIONS[action](argument)
    except ThesisError as error:
        word, sentence = "failed", str(error)
    except Exception as error:  # noqa: BLE001 - a fault of ours must not become a dialog of VBA's
        _LOG.exception("the button %s failed", action)
        word, sentence = "failed", f"a fault of xl-thesis ({type(error).__name__}); nothing was changed"
    return f"{word}\t{sentence}"


def _refresh(_: str) -> tuple[str, str]:
    return JOB.start("refresh", _do_refresh)


def _do_refresh(job: Job) -> str:
    """The command's own refresh. It keeps every old value where a source fails, and says so."""

    def heard(event: Event) -> None:
        job.tell(f"{event.done} of {event.total}: {event.result.series_id}")

    return "\n".join(actions.refresh(progress=heard, cancelled=job.cancelled).lines())


def _snapshot(path: str) -> tuple[str, str]:
    def work(job: Job) -> str:
        job.tell("evaluating")
        with open_default_store() as store:
            log = published.open_log()
            _, written = actions.snapshot(_scorer(store), None, _xlsx(path), force=True, log=log)
        return f"Snapshot: {written}"

    return JOB.start("snapshot", work)


def _update(path: str) -> tuple[str, str]:
    """A snapshot's tables in place, by the command's own update; Excel has closed the file."""
    book = mailed.open_mailed(Path(path))
    with open_default_store() as store:
        done = mailed.update(Scorer(_thesis_of(book), store), book)
    lines = list(done.report.lines()) or ["nothing differs"]
    return "done", "\n".join([f"{book.thesis}: from {done.before} to {done.after}", *lines[:_MOST_LINES]])


def _thesis_of(book: mailed.Mailed) -> Thesis:
    """What a snapshot was made from: the default thesis's file where it has that id, else a packaged thesis.

    Raises ``InputError`` where it is neither.
    """
    default = settings.default_thesis()
    if default != book.thesis and Path(default).stem == book.thesis:
        return load_thesis(default)
    if book.thesis not in thesis_ids():
        raise InputError(
            f"'{book.path.name}' is of {book.thesis}, a thesis of your own; make its file the one used by default, with"
            f" xl-thesis config set thesis and the path of {book.thesis}.yaml, then refresh again"
        )
    return load_thesis(book.thesis)


def _new(path: str) -> tuple[str, str]:
    return "done", f"Template: {new_template(Path(path))}"


def _definition(path: str) -> tuple[str, str]:
    """The definition to edit, under the name of its new file, which is the id that it has when it is read back."""
    from xl_thesis_workbook.definition_book import write_definition

    target = _xlsx(path)
    require_thesis_name(target.with_suffix(".yaml"))
    thesis = load_thesis(settings.default_thesis()).model_copy(update={"id": target.stem})
    return "done", f"Definition: {write_definition(thesis, target, force=True)}"


def _import(path: str) -> tuple[str, str]:
    """The edited definition as a thesis file beside the workbook; an older one is kept as a backup."""
    from xl_thesis_workbook.definition_import import read_definition

    source = _xlsx(path)
    target = source.with_suffix(".yaml")
    require_thesis_name(target)
    put_file(target, read_definition(source, target).encode(), force=True)
    return "done", f"Thesis: {target}. Write this path into the cell Thesis of the dashboard to use it."


def _enter(lines: str) -> tuple[str, str]:
    """The rows of the sheet of manual entries, by the rules of ``xl-thesis import``; empty rows are left out."""
    rows = [(number, line.split("\t")) for number, line in enumerate(lines.split("\n"), start=1) if line.strip()]
    if not rows:
        return "done", "There is nothing to enter: the table is empty."
    report = importing.import_sheet([(0, list(entries.MANUAL_HEADER)), *rows], "Manual entries")
    return "done", f"{report.rows} values are in the store, {report.added} of them new."


def _settings(_: str) -> tuple[str, str]:
    facts = {
        "xl-thesis": VERSION,
        "Python": sys.executable,
        "Thesis": settings.default_thesis(),
        "Folder": str(settings.home()),
    }
    return "done", "\n".join(f"{name}: {value}" for name, value in facts.items())


_ACTIONS: dict[str, Callable[[str], tuple[str, str]]] = {
    "refresh": _refresh,
    "state": lambda _: JOB.state,
    "cancel": lambda _: JOB.cancel(),
    "snapshot": _snapshot,
    "update": _update,
    "new": _new,
    "definition": _definition,
    "import": _import,
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


def _scorer(store: Any) -> Scorer:
    return Scorer(load_thesis(settings.default_thesis()), store)
