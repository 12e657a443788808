"""``libreoffice``: the Calc extension."""

from __future__ import annotations

import sys

import click


@click.group()
def libreoffice() -> None:
    """The extension for LibreOffice Calc."""


@libreoffice.command(hidden=True)
def serve() -> None:
    """Answer the extension's questions; LibreOffice starts this."""
    from xl_thesis_udfs.hosts.libreoffice import worker

    sink, sys.stdout = sys.stdout, sys.stderr
    worker.serve(sys.stdin, sink)
