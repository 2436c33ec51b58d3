"""`make fuzz`: every target under atheris, which looks for inputs that reach new code.

FUZZ_SECONDS (60) is the time for each target; names of targets may be given. What breaks one is written to
`tests/fuzz/crashes/<target>/`, where `make test` replays it from then on.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
CORPUS = Path(".fuzz")
ONE = "--one"


def fuzz(name: str) -> None:
    """Run one target in this process until its time is over; atheris ends the process."""
    import atheris

    with atheris.instrument_imports(include=["findtui"]):
        from tests.fuzz.targets import TARGETS
    from tests.fuzz.seeds import SEEDS

    corpus = CORPUS / name
    corpus.mkdir(parents=True, exist_ok=True)
    for index, seed in enumerate(SEEDS[name]):
        (corpus / f"seed{index}").write_bytes(seed)
    crashes = HERE / "crashes" / name
    crashes.mkdir(parents=True, exist_ok=True)
    seconds = os.environ.get("FUZZ_SECONDS", "60")
    options = [f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=2048", f"-artifact_prefix={crashes}/"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[name])
    atheris.Fuzz()


def names() -> list[str]:
    """Of all targets."""
    from tests.fuzz.targets import TARGETS

    return list(TARGETS)


def main() -> int:
    """Run the targets one after the other, each in a process of its own."""
    if sys.argv[1:2] == [ONE]:
        fuzz(sys.argv[2])
    failed = []
    for name in sys.argv[1:] or names():
        print(f"--- {name}", flush=True)
        if subprocess.run([sys.executable, "-m", "tests.fuzz", ONE, name], check=False).returncode:
            failed.append(name)
    print(f"broken: {', '.join(failed)}" if failed else "nothing broke")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
