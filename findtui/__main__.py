"""`findtui` and `python -m findtui`."""

from __future__ import annotations


def main() -> int:
    """Run the command line and return its exit status."""
    from findtui.cli.main import main as run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
