"""What the parts of the extension share inside one LibreOffice: the link, the functions' words, what was said last."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from com.sun.star.beans import PropertyValue
from xl_thesis_link import Link

FINDS_ADD_INS = (25, 2)
"""From this version on Calc finds add-in functions by the names that .xlsx files have for them."""
FOLDER = Path(__file__).resolve().parent.parent


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return content


SPECS = _read("functions.json")
RECORDED = _read("environment.json")
LINK = Link(RECORDED)


class State:
    """What a long task is doing; read and written by several threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.busy = ""
        self.message = ""
        self.process: Any | None = None

    def begin(self, what: str) -> bool:
        """Whether the task may start; only one runs at a time."""
        with self.lock:
            if self.busy:
                return False
            self.busy, self.message = what, ""
            return True

    def end(self, message: str) -> None:
        """The task is over, with one sentence."""
        with self.lock:
            self.busy, self.message, self.process = "", message, None


STATE = State()


def office_version(context: Any) -> tuple[int, ...]:
    """Such as (25, 2)."""
    provider = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.configuration.ConfigurationProvider", context
    )
    node = PropertyValue()
    node.Name, node.Value = "nodepath", "/org.openoffice.Setup/Product"
    access: Any = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", (node,))
    return tuple(int(part) for part in access.getByName("ooSetupVersion").split(".")[:2] if part.isdigit())
