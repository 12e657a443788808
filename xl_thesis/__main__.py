"""``python -m xl_thesis`` is the ``xl-thesis`` command."""

from xl_thesis.cli import main

if __name__ == "__main__":
    main()
