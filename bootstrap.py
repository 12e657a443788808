"""Two commands for a machine that has only Python 3.11 or newer.

    python bootstrap.py demo    install xl-thesis into .venv beside this file and run its demo
    python bootstrap.py test    install what the tests need as well; run ruff, mypy and pytest

More arguments go to the demo or to pytest. Nothing outside .venv is changed, except for the workbook of the demo.
"""

import hashlib
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed.txt")
PINS = {name: os.path.join(ROOT, "requirements", name + ".txt") for name in ("demo", "test")}
STRAYS = ("PYTHONHOME", "PYTHONPATH", "PIP_PREFIX", "PIP_ROOT", "PIP_TARGET")  # would lead out of .venv
ENVIRONMENT = dict({name: value for name, value in os.environ.items() if name not in STRAYS}, PIP_USER="0")


def say(message):
    """Print a line at once, also where the output is a file."""
    sys.stdout.write(message + "\n")
    sys.stdout.flush()


def fail(message):
    """Print one sentence and leave with 1."""
    sys.exit("bootstrap: " + message)


def run(command, **options):
    """Exit code of a command, as a shell would give it."""
    code = subprocess.call(command, env=ENVIRONMENT, **options)
    return code if code >= 0 else 128 - code


def succeeds(command):
    """Whether a command exists and ends with 0; its output is not shown."""
    try:
        return run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_environment():
    """Create .venv, or keep it if it runs on this very Python."""
    same_python = "import sys; sys.exit(sys.version != %r)" % sys.version
    create = [sys.executable, "-m", "venv", "--clear", VENV]
    if not (succeeds([PYTHON, "-c", same_python]) or succeeds(create) or succeeds(create + ["--without-pip"])):
        fail(
            "this Python cannot make the folder .venv; close what uses it, or install the venv module "
            "(on Debian and Ubuntu: apt install python3-venv)."
        )


def find_pip():
    """Return the command of a pip that installs into .venv.

    Some Linux systems leave ensurepip out, so that .venv has no pip; then the system's own pip serves it from outside.
    """
    from_outside = [[sys.executable, "-m", "pip"], ["pip3"], ["pip"]]
    for pip in [[PYTHON, "-m", "pip"]] + [command + ["--python", PYTHON] for command in from_outside]:
        if succeeds(pip + ["list"]):  # a pip too old for this Python fails here
            return pip
    return fail(
        "this Python comes without ensurepip, and no pip was found that serves it; install the venv module "
        "(on Debian and Ubuntu: apt install python3-venv)."
    )


def pip_install(pip, arguments, sentence):
    """Install quietly, in a second attempt if need be; then show what pip says, less its warnings, and one sentence.

    Python compiles what it imports, as it does so: compiling all of it here would take as long as all the rest.
    """
    command = pip + ["install", "-qq", "--disable-pip-version-check", "--no-input", "--no-compile"] + arguments
    for _ in range(2):  # a download that breaks off is not one that pip tries again
        done = subprocess.run(command, env=ENVIRONMENT, stderr=subprocess.PIPE, universal_newlines=True)
        if done.returncode == 0:
            return
    sys.stderr.writelines(line for line in done.stderr.splitlines(True) if not line.startswith("WARNING"))
    fail(sentence)


def fingerprint(pins):
    """Everything that .venv is made from, as one word."""
    sha = hashlib.sha256((ROOT + sys.version).encode())
    for path in (pins, os.path.join(ROOT, "pyproject.toml")):
        with open(path, "rb") as file:
            sha.update(file.read())
    return sha.hexdigest()


def is_installed(kind):
    """Whether .venv already holds what a kind needs; what the tests need holds the demo too."""
    try:
        with open(STAMP) as file:
            stamp = file.read()
    except OSError:
        return False
    return os.path.exists(PYTHON) and stamp in {fingerprint(PINS[kind]), fingerprint(PINS["test"])}


def install(kind):
    """Install the pinned versions, each checked against its hash, then the project itself."""
    if is_installed(kind):
        return
    start = time.time()
    say("Installing the pinned versions into .venv; the first time takes a minute or two.")
    make_environment()
    if os.path.exists(STAMP):
        os.remove(STAMP)
    pip = find_pip()
    pip_install(
        pip,
        ["--require-hashes", "-r", PINS[kind]],
        "the pinned versions could not be installed; check the network (or pip's proxy and mirror) and try again, "
        "with a Python from 3.11 to 3.14, for which they come ready-made.",
    )
    pip_install(
        pip,
        ["--no-deps", "--no-build-isolation", "--editable", ROOT],
        "xl-thesis itself could not be installed; the lines above say why.",
    )
    with open(STAMP, "w") as file:
        file.write(fingerprint(PINS[kind]))
    say("Installed in %.0f s." % (time.time() - start))


def demo(arguments):
    """Run the demo in the folder that the user is in, without importing from it."""
    install("demo")
    return run([PYTHON, "-P", "-m", "xl_thesis", "demo"] + arguments)


def test(arguments):
    """Check style and types, then run the tests."""
    install("test")
    tests = ["pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], tests + arguments):
        say("$ " + " ".join(command))
        code = run([PYTHON, "-m"] + command, cwd=ROOT)
        if code != 0:
            return code
    return 0


def main():
    """Do what the first argument says."""
    commands = {"demo": demo, "test": test}
    if sys.version_info < (3, 11):
        fail("xl-thesis needs Python 3.11 or newer, and this is %d.%d." % sys.version_info[:2])
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        say(__doc__.rstrip())
        return 0 if sys.argv[1:] in ([], ["-h"], ["--help"]) else 2
    try:
        return commands[sys.argv[1]](sys.argv[2:])
    except OSError as error:
        return fail("%s." % error)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
