"""How long `xl-thesis score` takes on a seeded store, as a ratio to `import pandas`, both as whole processes.

Run: python benchmarks/score_start.py [RUNS]. Goal: at most 2.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

COMMAND = [sys.executable, "-m", "xl_thesis", "score"]
PEER = [sys.executable, "-c", "import pandas"]


def seconds(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "XL_THESIS_HOME": home}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # both compiled, as pip leaves them
        seeding = seconds(COMMAND, environment)
        pairs = [(seconds(COMMAND, environment), seconds(PEER, environment)) for _ in range(runs)]
    ours, theirs = (min(times) for times in zip(*pairs, strict=True))
    print(f"first run, seeds the store: {seeding:.2f} s")
    print(f"xl-thesis score: {ours:.3f} s   import pandas: {theirs:.3f} s   ratio: {ours / theirs:.2f} (goal: 2)")


if __name__ == "__main__":
    main()
