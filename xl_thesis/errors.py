"""Every exception the package raises on purpose.

    ThesisError
    ├── InputError           an argument is wrong (a date, an id, a file name)
    │   └── DefinitionError  a thesis definition has faults; lists all of them
    ├── MissingData          no observation answers the question
    │   └── StaleData        there is one, but it is past its hard limit
    ├── CalculationError     too few points, zero variance, no overlap
    ├── StoreError           the store cannot be read or written
    │   └── UnfitValue       a value that no store keeps
    └── SourceError          a provider failed during a refresh
        ├── BadKey           no key, or one that the provider does not know
        ├── UnknownSeries    the provider has no such series
        ├── RateLimited      asked too often, also after waiting
        ├── Unreachable      no connection, or one that broke
        │   ├── ProxyFailed  the proxy in between refuses
        │   ├── TLSFailed    the certificate is not trusted
        │   ├── ClockWrong   this computer's clock is off
        │   └── TimedOut     no whole answer within the time allowed
        ├── FileUnusable     a file of ours that asking needs cannot be read or written
        └── BadAnswer        an answer that is not what was asked for: HTML, cut short, another shape

A host maps them once, at its edge: ``InputError`` is ``#VALUE!``, ``MissingData`` is ``#N/A``,
``CalculationError`` is ``#NUM!``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class ThesisError(Exception):
    """Base of all: its text is one sentence that says what to do."""


class InputError(ThesisError):
    """An argument is wrong."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a definition: where it is and what is wrong."""

    file: str
    field: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.field}: {self.message}" if self.field else f"{place}: {self.message}"


class DefinitionError(InputError):
    """A thesis definition, or another file that a user wrote (``what``), has faults; ``faults`` lists every one."""

    def __init__(self, faults: Sequence[Fault], what: str = "the thesis definition") -> None:
        self.faults = tuple(faults)
        if len(self.faults) == 1:
            super().__init__(str(self.faults[0]))
        else:
            lines = "\n".join(f"  {fault}" for fault in self.faults)
            super().__init__(f"{what} has {len(self.faults)} faults:\n{lines}")


class MissingData(ThesisError):
    """No observation answers the question."""


class StaleData(MissingData):
    """There is an observation, but it is past its hard limit."""


class CalculationError(ThesisError):
    """The number cannot be computed from the data: too few points, zero variance, no overlap."""


class StoreError(ThesisError):
    """The store cannot be read or written."""


class UnfitValue(StoreError):
    """A value that no store keeps: an infinite one."""


class SourceError(ThesisError):
    """A provider failed during a refresh. ``retry_after``: seconds until it wants to be asked again, if it said so."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class BadKey(SourceError):
    """No key, or one that the provider does not know."""


class UnknownSeries(SourceError):
    """The provider has no such series."""


class RateLimited(SourceError):
    """The provider was asked too often, also after waiting."""


class Unreachable(SourceError):
    """No connection, or one that broke, or a server that only says it cannot."""


class ProxyFailed(Unreachable):
    """The proxy in between cannot be reached or refuses."""


class TLSFailed(Unreachable):
    """The server's certificate is not trusted here."""


class ClockWrong(Unreachable):
    """This computer's clock is so far off that no certificate holds."""


class TimedOut(Unreachable):
    """No whole answer within the time allowed."""


class FileUnusable(SourceError):
    """A file of ours that asking needs cannot be read or written."""


class BadAnswer(SourceError):
    """An answer that is not what was asked for: HTML, cut short, another shape."""
