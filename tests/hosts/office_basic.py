"""VBA run for real: LibreOffice's Basic, which understands it, in a profile of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

_DOCTYPE = '<!DOCTYPE script:{0} PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "{1}.dtd">'
_MODULE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n' + _DOCTYPE.format("module", "module") + "\n"
    '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="{name}" script:language="StarBasic"'
    "{kind}>{text}</script:module>"
)
_LIBRARY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">\n'
    '<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"'
    ' library:readonly="false" library:passwordprotected="false">{elements}</library:library>'
)


def run(office: str, folder: Path, modules: Mapping[str, str], entry: str) -> str:
    """Run the procedure ``entry`` of the modules, by name; what it has put into the file that it finds in ``OUT``."""
    out, profile = folder / "out.txt", folder / "profile"
    library = profile / "user" / "basic" / "Standard"
    command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo"]
    subprocess.run([*command, "--terminate_after_init"], check=True, capture_output=True, timeout=120)  # its own files
    for name, text in modules.items():
        is_class = text.startswith("Option ClassModule")
        kind = ' script:moduleType="class"' if is_class else ""
        body = f"Option VBASupport 1\n{text}".replace("OUT_FILE", str(out))
        (library / f"{name}.xba").write_text(_MODULE.format(name=name, kind=kind, text=escape(body)), encoding="utf-8")
    elements = "".join(f'<library:element library:name="{name}"/>' for name in modules)
    (library / "script.xlb").write_text(_LIBRARY.format(elements=elements), encoding="utf-8")
    (library / "dialog.xlb").write_text(_LIBRARY.format(elements=""), encoding="utf-8")
    subprocess.run([*command, f"macro:///Standard.{entry}"], check=True, capture_output=True, timeout=60)
    return out.read_text(encoding="utf-8") if out.exists() else ""
