"""Toolbar and menu: Refresh, Stop, Snapshot, Status, Help. Long tasks run in their own process, so no window waits."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import uno
import unohelper
from com.sun.star.awt import XCallback
from com.sun.star.beans import PropertyValue, XPropertyAccess
from com.sun.star.frame import XDispatch, XDispatchProvider
from com.sun.star.lang import XInitialization, XServiceInfo
from com.sun.star.task import XJob
from xl_thesis_link import Unreachable, run
from xl_thesis_office import FOLDER, LINK, RECORDED, STATE, office_version

NAME = "org.xlthesis.Commands"
HANDLER = "com.sun.star.frame.ProtocolHandler"
PROTOCOL = "org.xlthesis:"
TITLE = "xl-thesis"
INFO, WARNING = "infobox", "warningbox"


class Commands(unohelper.Base, XDispatchProvider, XDispatch, XInitialization, XPropertyAccess, XServiceInfo):
    """Answers ``org.xlthesis:refresh`` and its siblings for one window."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self.frame: Any = None

    def initialize(self, arguments: tuple[Any, ...]) -> None:
        self.frame = arguments[0] if arguments else None

    def queryDispatch(self, url: Any, target: str, flags: int) -> Any:
        return self if url.Complete.startswith(PROTOCOL) else None

    def queryDispatches(self, requests: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(self.queryDispatch(one.FeatureURL, one.FrameName, one.SearchFlags) for one in requests)

    def dispatch(self, url: Any, arguments: tuple[Any, ...]) -> None:
        command = url.Complete[len(PROTOCOL) :].split("?")[0]
        given = {one.Name: one.Value for one in arguments}
        try:
            {
                "refresh": self._refresh, "stop": self._stop, "snapshot": self._snapshot,
                "status": self._status, "help": self._help,
            }[command](given)  # fmt: skip
        except Exception as error:  # noqa: BLE001 - nothing may leave a button
            self._say(WARNING, f"{command.capitalize()} did not work: {error}")

    def addStatusListener(self, listener: Any, url: Any) -> None:
        pass

    def removeStatusListener(self, listener: Any, url: Any) -> None:
        pass

    def getPropertyValues(self) -> tuple[Any, ...]:
        state = {"Busy": STATE.busy, "Message": STATE.message, "Status": status_text(self.context)}
        return tuple(PropertyValue(name, 0, value, uno.Enum("com.sun.star.beans.PropertyState", "DIRECT_VALUE"))
                     for name, value in state.items())  # fmt: skip

    def setPropertyValues(self, values: tuple[Any, ...]) -> None:
        pass

    def getImplementationName(self) -> str:
        return NAME

    def supportsService(self, name: str) -> bool:
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (NAME, HANDLER)

    def _refresh(self, given: dict[str, Any]) -> None:
        self._begin("refresh", [])

    def _stop(self, given: dict[str, Any]) -> None:
        process = STATE.process
        if process is None:
            self._say(INFO, "Nothing is running.")
        elif process.stdin is not None:
            process.stdin.close()  # the task sees the end of its input and stops at the next series

    def _snapshot(self, given: dict[str, Any]) -> None:
        if given.get("URL"):
            self._write_snapshot(given["URL"])
        else:  # a file dialog belongs to the main thread, wherever the command came from
            self._on_main_thread(lambda: self._write_snapshot(self._ask_for_file()))

    def _write_snapshot(self, url: str) -> None:
        if url:
            self._begin("snapshot", ["--out", uno.fileUrlToSystemPath(url)])

    def _status(self, given: dict[str, Any]) -> None:
        self._say(INFO, status_text(self.context))

    def _help(self, given: dict[str, Any]) -> None:
        page = (FOLDER / "help.html").as_uri()
        shell = self._service("com.sun.star.system.SystemShellExecute")
        try:
            shell.execute(page, "", 1)
        except Exception:  # noqa: BLE001 - a desktop without a browser
            self._say(INFO, f"The help is in {page}")

    def _begin(self, task: str, arguments: list[str]) -> None:
        if not STATE.begin(task):
            self._say(INFO, f"xl-thesis is still busy with: {STATE.busy}.")
            return
        indicator = self._indicator()
        if indicator is not None:
            indicator.start(f"xl-thesis: {task}", 100)
        threading.Thread(target=self._work, args=(task, arguments, indicator), name=task, daemon=True).start()

    def _work(self, task: str, arguments: list[str], indicator: Any) -> None:
        """In its own thread; whatever touches the office is handed to the main one."""
        last: dict[str, Any] = {}
        try:
            for report in run(RECORDED, [task, *arguments], _remember):
                last = report
                if "text" in report:
                    self._on_main_thread(lambda shown=report: _show(indicator, shown))
        except Unreachable as error:
            last = {"failed": str(error)}
        except Exception as error:  # noqa: BLE001 - a thread that dies would leave the toolbar busy for ever
            last = {"failed": str(error)}
        self._on_main_thread(lambda: self._finish(task, indicator, last))

    def _finish(self, task: str, indicator: Any, last: dict[str, Any]) -> None:
        if indicator is not None:
            _quietly(indicator.end)
        LINK.forget()
        if task == "refresh":
            _quietly(lambda: recalculate(self.context))
        STATE.end(last.get("failed") or last.get("done") or "")
        self._box(WARNING if "failed" in last else INFO, STATE.message)

    def _say(self, kind: str, text: str) -> None:
        STATE.message = text
        self._box(kind, text)

    def _box(self, kind: str, text: str) -> None:
        """A message box over the window; silent where no one can see it."""
        window = self.frame.getContainerWindow() if self.frame is not None else None
        if window is None or not window.isVisible():
            return
        kinds = uno.Enum("com.sun.star.awt.MessageBoxType", kind.upper())
        window.getToolkit().createMessageBox(window, kinds, 1, TITLE, text).execute()

    def _ask_for_file(self) -> str:
        picker = self.context.ServiceManager.createInstanceWithArgumentsAndContext(
            "com.sun.star.ui.dialogs.FilePicker", (10,), self.context
        )  # 10: save, with the extension added by itself
        picker.appendFilter("Excel workbook", "*.xlsx")
        picker.setDefaultName("snapshot.xlsx")
        files = picker.getSelectedFiles() if picker.execute() == 1 else ()
        return str(files[0]) if files else ""

    def _indicator(self) -> Any:
        try:
            return self.frame.createStatusIndicator()
        except Exception:  # noqa: BLE001 - a window without a status bar
            return None

    def _on_main_thread(self, action: Any) -> None:
        self._service("com.sun.star.awt.AsyncCallback").addCallback(_Callback(action), None)

    def _service(self, name: str) -> Any:
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)


class _Callback(unohelper.Base, XCallback):
    """One call, later, in the main thread."""

    def __init__(self, action: Any) -> None:
        self.action = action

    def notify(self, data: Any) -> None:
        _quietly(self.action)


class Start(unohelper.Base, XJob, XServiceInfo):
    """What runs when LibreOffice has started: the worker is begun, and the Basic functions are put in.

    Those are what Calc before 25.2 finds in .xlsx files and writes into .ods files.
    """

    def __init__(self, context: Any) -> None:
        self.context = context

    def execute(self, arguments: tuple[Any, ...]) -> None:
        LINK.begin()  # while LibreOffice opens its window, so that the first value need not wait for Python's start
        library = "com.sun.star.script.ApplicationScriptLibraryContainer"
        container = self.context.ServiceManager.createInstanceWithContext(library, self.context)
        if not container.hasByName("Standard"):
            container.createLibrary("Standard")
        container.loadLibrary("Standard")
        modules = container.getByName("Standard")
        code = (FOLDER / "shim.bas").read_text(encoding="utf-8")
        if not modules.hasByName("XlThesis"):
            modules.insertByName("XlThesis", code)
        elif modules.getByName("XlThesis") != code:
            modules.replaceByName("XlThesis", code)

    def getImplementationName(self) -> str:
        return "org.xlthesis.Start"

    def supportsService(self, name: str) -> bool:
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return ("org.xlthesis.Start", "com.sun.star.task.Job")


def _quietly(action: Any) -> None:
    """Whatever goes wrong; the window may be closed by now, and an exception in the main loop would end the office."""
    with contextlib.suppress(Exception):
        action()


def recalculate(context: Any) -> None:
    """Every open spreadsheet anew, hidden ones too."""
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    documents = desktop.Components.createEnumeration()
    while documents.hasMoreElements():
        document = documents.nextElement()
        if hasattr(document, "calculateAll"):
            _quietly(document.calculateAll)


def status_text(context: Any) -> str:
    """What the Status dialog shows."""
    office, extension = ".".join(map(str, office_version(context))), RECORDED.get("version", "?")
    lines = [f"LibreOffice {office}, extension {extension}"]
    try:
        lines += LINK.ask(["status"])["lines"]
        if LINK.version != RECORDED.get("version"):
            lines.append("The extension is of another version; `xl-thesis libreoffice install` brings it up to date.")
    except Unreachable as error:
        lines.append(str(error))
    if STATE.busy:
        lines.append(f"Running: {STATE.busy}")
    return "\n".join([*lines, *_reasons()])


def _reasons() -> list[str]:
    """The latest sentences of errors, each once, with the functions that had it."""
    functions: dict[str, list[str]] = {}
    for name, sentence in list(LINK.reasons):
        functions.setdefault(sentence, []).append(name)
    return ["{}: {}".format(", ".join(names), sentence) for sentence, names in list(functions.items())[-5:]]


def _remember(process: Any) -> None:
    STATE.process = process


def _show(indicator: Any, report: dict[str, Any]) -> None:
    if indicator is not None:
        indicator.setText(report["text"])
        indicator.setValue(int(100 * report.get("share", 0)))


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Commands, NAME, (NAME, HANDLER))
g_ImplementationHelper.addImplementation(Start, "org.xlthesis.Start", ("org.xlthesis.Start", "com.sun.star.task.Job"))
