"""The newer LibreOffice of Debian's backports, unpacked into a folder beside the installed one, for the tests.

    python tools/backports_office.py FOLDER     prints the path of its soffice; a second time it is there at once

apt resolves and checks the packages with lists of its own, so the system's packages stay as they are. Needs Debian and
the system's LibreOffice, whose libraries from outside (fonts, ICU, Python) it shares.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PACKAGES = ["libreoffice-calc", "python3-uno"]


def output(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def apt_options(folder: Path) -> list[str]:
    """Lists, cache and sources of our own; the mirror is the system's."""
    codename = platform.freedesktop_os_release()["VERSION_CODENAME"]
    targets = output("apt-get", "indextargets", "--format", "$(SITE) $(CODENAME)", "Created-By: Packages")
    site = next(line for line in targets.splitlines() if line.endswith(f" {codename}")).split()[0]
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    sources = folder / "sources.list"
    options = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    sources.write_text("".join(f"deb {options}{site} {suite} main\n" for suite in (codename, f"{codename}-backports")))
    settings = {
        "Dir::State::lists": folder / "lists", "Dir::Cache": folder / "cache", "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-", "Debug::NoLocking": "1", "APT::Sandbox::User": "root",
    }  # fmt: skip
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")] + ["-qq"]


def download(folder: Path) -> list[Path]:
    options = apt_options(folder)
    suite = f"{platform.freedesktop_os_release()['VERSION_CODENAME']}-backports"
    output("apt-get", *options, "update")
    choice = ["install", "--yes", "--no-install-recommends", "--reinstall", "--download-only", "-t", suite]
    output("apt-get", *options, *choice, *PACKAGES)
    return sorted((folder / "cache" / "archives").glob("*.deb"))


def replace(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


def make_relocatable(root: Path) -> Path:
    """Mend what a package does when it is installed: settings outside the folder, libraries beside the program."""
    office = root / "usr/lib/libreoffice"
    for link in (office / "share/registry").iterdir():
        shipped = office / "share/.registry" / link.name
        if link.is_symlink() and shipped.exists():
            link.unlink()
            shutil.copy(shipped, link)
    replace(office / "program/fundamentalrc", "file:///usr/lib/libreoffice", "${ORIGIN}/..")
    replace(office / "program/unopkg", '"/usr/lib/libreoffice/program"', '"$sd_prog"')
    for pattern in ("usr/lib/*-linux-gnu*/*.so*", "usr/lib/python3/dist-packages/*.py"):
        for path in root.glob(pattern):
            if not (office / "program" / path.name).exists():
                shutil.copy(path, office / "program" / path.name)
    here = "'vnd.sun.star.pathname:' + os.path.dirname(os.path.abspath(__file__)) + '/fundamentalrc'"
    replace(office / "program/uno.py", "'vnd.sun.star.pathname:/usr/lib/libreoffice/program/fundamentalrc'", here)
    return office / "program/soffice"


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    found = folder / "root/usr/lib/libreoffice/program/soffice"
    if not found.exists():
        fresh = folder / "unpacking"
        shutil.rmtree(fresh, ignore_errors=True)
        for package in download(folder):
            output("dpkg", "--extract", str(package), str(fresh))
        make_relocatable(fresh)
        shutil.rmtree(folder / "cache")
        shutil.rmtree(folder / "lists")
        fresh.replace(folder / "root")
    print(found)


if __name__ == "__main__":
    main()
