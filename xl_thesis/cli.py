"""The ``xl-thesis`` command: arguments in, exit code out.

Exit codes: 0 done, 2 bad input, 3 the score is withheld, 4 a refresh brought part, 5 a refresh brought nothing,
1 anything else.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from xl_thesis.commands import (
    books,
    call,
    config,
    doctor,
    dxy,
    enter,
    excel,
    history,
    ledger,
    libreoffice,
    look,
    refresh,
    score,
    sensitivity,
    store,
    thesis,
    validate,
    watch,
)
from xl_thesis.errors import ThesisError
from xl_thesis.version import VERSION

BAD_INPUT = 2
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)
"""Why standard output takes no more; other failures of the system are not its."""


class _InOrder(click.Group):
    """Lists commands in the order of work, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="xl-thesis")
def cli() -> None:
    """Score a written macro thesis against public data, as known on any day."""


COMMANDS: tuple[click.Command, ...] = (
    score.demo,
    refresh.refresh,
    enter.import_values,
    score.score,
    score.explain,
    score.snapshot,
    books.update,
    books.verify,
    books.diff,
    look.claims,
    look.series,
    ledger.questions,
    ledger.forecast,
    ledger.resolve,
    dxy.dxy,
    sensitivity.sensitivity,
    history.history,
    watch.change,
    watch.calendar,
    watch.alerts,
    watch.log,
    watch.freeze,
    validate.validate,
    thesis.thesis,
    config.config,
    store.store,
    doctor.doctor,
    libreoffice.libreoffice,
    call.call,
    excel.install,
    excel.uninstall,
    excel.status,
    excel.new,
)
for command in COMMANDS:
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; every expected failure is one sentence on the error stream."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        sys.exit(cli.main(args=arguments, prog_name="xl-thesis", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as shown:
        click.echo(shown.format_message())
        sys.exit(0)
    except click.ClickException as error:
        _fail(error.format_message())
    except ThesisError as error:
        _fail(str(error))
    except click.Abort:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        with suppress(OSError):
            sys.stdout.close()  # or Python tries again to write what is left
        _fail(f"the output cannot be written ({error.strerror or type(error).__name__})")


def _fail(message: str) -> None:
    click.echo(f"xl-thesis: {message}", err=True)
    sys.exit(BAD_INPUT)
