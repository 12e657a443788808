"""Where the user's files live, by the variables ``XL_THESIS_HOME``, ``XL_THESIS_STORE`` and ``XL_THESIS_DEFAULT``."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

from xl_thesis.errors import InputError


def home() -> Path:
    """The folder for everything the package keeps, not yet created."""
    chosen = os.environ.get("XL_THESIS_HOME")
    return Path(chosen).expanduser() if chosen else user_data_path("xl-thesis", appauthor=False)


def store_path() -> Path:
    """The store file: ``XL_THESIS_STORE`` (a path or ``sqlite:///path``), else ``store.sqlite`` in ``home()``."""
    chosen = os.environ.get("XL_THESIS_STORE")
    if not chosen:
        return home() / "store.sqlite"
    if chosen.startswith("sqlite:///"):
        chosen = chosen.removeprefix("sqlite:///")
    elif "://" in chosen:
        raise InputError("XL_THESIS_STORE must be a file path or sqlite:///path")
    return Path(chosen).expanduser()


def default_thesis() -> str:
    """Id or file of the thesis used where none is named."""
    return os.environ.get("XL_THESIS_DEFAULT", "american_exceptionalism")
