"""``doctor``: is everything in order here, and what to do where it is not."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from xl_thesis.commands import print_json, with_json

if TYPE_CHECKING:
    from xl_thesis.doctor import Finding

NOT_IN_ORDER = 1


@click.command()
@with_json
def doctor(as_json: bool) -> None:
    """Look at Python, packages, Excel, settings, store, key and every provider; say what to do where one fails.

    Exit code 0 where all is in order, else 1.
    """
    from xl_thesis.actions import link
    from xl_thesis.doctor import examine, is_in_order
    from xl_thesis.sources import providers
    from xl_thesis.sources.fred import NOTICE

    findings = []
    for finding in itertools.chain(_add_in(), examine(providers(), link)):
        findings.append(finding)
        if not as_json:
            click.echo(finding.line())
    if as_json:
        print_json({"findings": [finding.to_json() for finding in findings], "in_order": is_in_order(findings)})
    else:
        click.echo(f"\n{NOTICE}")
    sys.exit(0 if is_in_order(findings) else NOT_IN_ORDER)


def _add_in() -> Iterator[Finding]:
    """What ``xl-thesis status`` says, on the one system where Excel calls Python; not installed is no fault."""
    from xl_thesis import artefacts
    from xl_thesis.doctor import Finding
    from xl_thesis.errors import InputError
    from xl_thesis_udfs.hosts import excel_install

    try:
        excel_install.require_windows()
    except InputError:
        return
    for check in excel_install.checks(artefacts.addins()):
        yield Finding(f"Excel: {check.name}", "ok" if check.ok else "note", check.sentence)
