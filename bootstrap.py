"""Two commands for a machine that has only Python 3.11 or newer.

    python bootstrap.py demo    install xl-thesis into .venv beside this file and run its demo
    python bootstrap.py test    install what the tests need as well and run ruff, mypy and pytest

More arguments go to the demo or to pytest. Nothing outside .venv is changed.
"""

import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")
DEMO_PINS = os.path.join("requirements", "demo.txt")
TEST_PINS = os.path.join("requirements", "test.txt")
STAMP = os.path.join(VENV, "installed.txt")
HINT = "on Debian and Ubuntu with: apt install python3-venv"
QUIET = ["--quiet", "--disable-pip-version-check"]


def fail(message):
    """Print one sentence and leave with 1."""
    sys.exit("bootstrap: " + message)


def run(command, **options):
    """Exit code of a command."""
    return subprocess.call(command, **options)


def quietly(command):
    """Whether a command succeeds; its output is not shown."""
    return run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def make_environment():
    """Create .venv and return the pip command that installs into it.

    Some Linux systems ship Python without ensurepip; there the system's own pip installs into the environment.
    """
    own_pip = [PYTHON, "-m", "pip"]
    if os.path.exists(PYTHON) and quietly([*own_pip, "--version"]):
        return own_pip
    if quietly([sys.executable, "-m", "venv", VENV]) and quietly([*own_pip, "--version"]):
        return own_pip
    if not quietly([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV]):
        fail("this Python cannot make a virtual environment; install its venv module, " + HINT)
    if not quietly([sys.executable, "-m", "pip", "--python", PYTHON, "--version"]):
        fail("this Python has neither ensurepip nor pip 22.3; install its venv module, " + HINT)
    return [sys.executable, "-m", "pip", "--python", PYTHON]


def wanted(pins):
    """What the environment must have been made from: a hash over the pins and the project file."""
    sha = hashlib.sha256(sys.version.encode())
    for name in (pins, "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as file:
            sha.update(file.read())
    return sha.hexdigest()


def is_installed(kind):
    """Whether .venv already holds what a kind needs; the test environment serves the demo too."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            lines = file.read().split()
    except OSError:
        return False
    return any(wanted(pins) in lines for pins in ([TEST_PINS] if kind == "test" else [TEST_PINS, DEMO_PINS]))


def install(kind):
    """Install the pinned versions, each checked against its hash, then the project itself."""
    if is_installed(kind) and os.path.exists(PYTHON):
        return
    pip = make_environment()
    pins = TEST_PINS if kind == "test" else DEMO_PINS
    print("Installing into .venv ...", flush=True)
    if run([*pip, "install", *QUIET, "--require-hashes", "-r", os.path.join(ROOT, pins)]) != 0:
        fail("the pinned versions could not be installed; check the network and try again.")
    project = [*pip, "install", *QUIET, "--no-deps", "--no-build-isolation", "--editable", ROOT]
    if run(project) != 0:
        fail("xl-thesis itself could not be installed; the lines above say why.")
    with open(STAMP, "w", encoding="utf-8") as file:
        file.write(wanted(pins) + "\n")


def demo(arguments):
    """Run the demo in the folder the user is in."""
    install("demo")
    return run([PYTHON, "-m", "xl_thesis", "demo", *arguments])


def test(arguments):
    """Check style and types, then run the tests."""
    install("test")
    for command in (["ruff", "check", "."], ["mypy"], ["pytest", *arguments]):
        print("$ " + " ".join(command), flush=True)
        code = run([PYTHON, "-m", *command], cwd=ROOT)
        if code != 0:
            return code
    return 0


def main():
    """Do what the first argument says."""
    commands = {"demo": demo, "test": test}
    if sys.version_info < (3, 11):
        fail("xl-thesis needs Python 3.11 or newer, this is %d.%d." % sys.version_info[:2])
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        print(__doc__)
        sys.exit(0 if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help") else 2)
    try:
        sys.exit(commands[sys.argv[1]](sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
