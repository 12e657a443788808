"""Builds the Excel files into the wheel: the add-ins and the templates, from this tree and the installed xlwings."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ExcelFiles(BuildHookInterface):
    """An editable install has none: there they are built when they are asked for."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the files beside the tree and say where the wheel has them."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path[:0] = [str(root), str(root / "udfs"), str(root / "workbook")]
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        from xl_thesis import artefacts

        for path in artefacts.build_all(folder / "excel"):
            build_data["force_include"][str(path)] = f"xl_thesis/excel/{path.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what the wheel now holds."""
        if version != "editable":
            self._folder.cleanup()
