"""The ledger: forecasts and resolutions of a thesis's dated questions, kept in the user's folder and never edited.

A question's answer is, first found: the last resolution in the ledger, the one in the definition (checked by a
person), what the series say. What stands is compared with the series, and a contradiction is said aloud.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from xl_thesis import settings
from xl_thesis.days import day_of
from xl_thesis.definition import Question, Share, Thesis
from xl_thesis.errors import InputError
from xl_thesis.models import Model
from xl_thesis.records import Record, RecordLog
from xl_thesis.resolution import EventRate, Finding, KnowledgeOn, computed_base_rate, resolve
from xl_thesis.wording import did_you_mean, refusal

FILE_NAME = "ledger.jsonl"
AUTOMATIC = "xl-thesis"
_PROXY_WAITS = dt.timedelta(days=10)

Outcome = Literal["yes", "no", "ambiguous", "annulled"]
Status = Literal["open", "due", "yes", "no", "ambiguous", "annulled"]
Words = Annotated[str, Field(min_length=1, max_length=2000)]


class Forecast(Model):
    """A probability that a question resolves yes. ``wording`` names the question as it stood."""

    kind: Literal["forecast"] = "forecast"
    thesis: str
    question: str
    date: dt.date
    p: Share
    by: Words
    wording: str


class Resolution(Model):
    """An answer with its evidence, by a person or from the series; a later one supersedes it."""

    kind: Literal["resolution"] = "resolution"
    thesis: str
    question: str
    date: dt.date
    value: Outcome
    evidence: Words
    by: Words
    is_automatic: bool = False
    is_proxy: bool = False


Entry = Forecast | Resolution
_ENTRIES: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="kind")])
_Made = TypeVar("_Made", Forecast, Resolution)


@dataclass(frozen=True, slots=True)
class Standing:
    """A question as it stands on a day. ``forecasts`` are (day it counts from, forecast), in the order of entry."""

    question: Question
    pillars: tuple[str, ...]
    status: Status
    resolved_by: str | None
    evidence: str | None
    closes: dt.date
    finding: Finding
    forecasts: tuple[tuple[dt.date, Forecast], ...]
    computed: EventRate | None
    contradiction: str | None

    @property
    def last_forecast(self) -> Forecast | None:
        """The newest forecast, whoever made it."""
        return self.forecasts[-1][1] if self.forecasts else None

    @property
    def is_scored(self) -> bool:
        """Whether forecasts of it count: answered yes or no, and not written in hindsight."""
        return not self.question.hindsight and self.status in ("yes", "no")

    @property
    def is_reworded(self) -> bool:
        """Whether the question has changed since its newest forecast."""
        return self.last_forecast is not None and self.last_forecast.wording != wording(self.question)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        question, last = self.question, self.last_forecast
        base, computed = question.base_rate, self.computed
        return {
            "id": question.id, "text": question.text.en, "text_zh_hant": question.text.zh_hant,
            "criterion": question.criterion, "opens": str(question.opens), "resolves": str(question.resolves),
            "origin": question.origin, "polarity": question.polarity, "hindsight": question.hindsight,
            "claims": list(question.claims), "pillars": list(self.pillars),
            "base_rate": None if base is None else {"probability": base.probability, "how": base.how},
            "computed_base_rate": None if computed is None else {
                "probability": computed.probability, "windows": computed.windows,
                "independent": computed.independent, "how": computed.how,
            },
            "last_forecast": None if last is None else {"date": str(last.date), "p": last.p, "by": last.by},
            "forecasts": [
                {"date": str(made.date), "p": made.p, "by": made.by, "counts_from": str(day)}
                for day, made in self.forecasts
            ],
            "is_reworded": self.is_reworded, "status": self.status, "resolved_by": self.resolved_by,
            "evidence": self.evidence,
            "series": {
                "answer": self.finding.answer, "evidence": self.finding.evidence, "is_proxy": self.finding.is_proxy,
            },
            "contradiction": self.contradiction,
        }  # fmt: skip


class Ledger:
    """The questions of one thesis with the entries of a log.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from xl_thesis.thesis import load_thesis
    >>> folder = tempfile.TemporaryDirectory()
    >>> ledger = Ledger(load_thesis("american_exceptionalism"), open_log(Path(folder.name)))
    >>> day = dt.date(2026, 11, 30)
    >>> ledger.add_forecast("Q4", 0.8, "me", day, today=day).content.p
    0.8
    >>> folder.cleanup()
    """

    def __init__(self, thesis: Thesis, log: RecordLog[Entry]) -> None:
        self.thesis = thesis
        self.log = log
        self._questions = {question.id: question for question in thesis.questions}
        self._groups = {claim.id: claim.group for claim in thesis.claims}

    def question(self, name: str) -> Question:
        """A question by its id, in upper or lower case. Raises ``InputError`` for an unknown one."""
        found = {key.lower(): question for key, question in self._questions.items()}.get(name.lower())
        if found is None:
            known = ", ".join(self._questions) or "none"
            near = did_you_mean(name, self._questions)
            raise InputError(f"there is no question '{name}'{near}; the thesis has: {known}")
        return found

    def add_forecast(self, name: str, p: float, by: str, made_on: dt.date, *, today: dt.date) -> Record[Entry]:
        """Append a probability for a yes. An update is a further line; it counts from the day it is written.

        Raises ``InputError`` for a probability outside 0 to 1, a date in the future or before the question opens, and
        for a question that is hindsight, resolved or past.
        """
        question = self.question(name)
        if not by.strip():
            raise InputError("a forecast needs the name of who made it")
        if not 0 <= p <= 1:
            raise InputError(f"the probability {p:g} is not between 0 and 1; write 30 percent as 0.3")
        if question.hindsight:
            raise InputError(f"{question.id} was written when its answer was known: hindsight takes no forecasts")
        if made_on > today:
            raise InputError(f"the date {made_on} is in the future; the last possible one is {today}")
        if made_on < question.opens:
            raise InputError(f"the date {made_on} is before {question.id} opens, on {question.opens}")
        answers = [entry.value for entry in _resolutions(question, self._records(), today)]
        if answers or question.resolution is not None:
            value = answers[-1] if answers else question.resolution
            raise InputError(f"{question.id} is resolved ({value}) and takes no more forecasts")
        if question.resolves <= today:
            last = question.resolves - dt.timedelta(days=1)
            raise InputError(f"{question.id} is past: the last day for a forecast was {last}")
        return self.log.append(
            _checked(Forecast, thesis=self.thesis.id, question=question.id, date=made_on, p=float(p), by=by.strip(),
                     wording=wording(question))
        )  # fmt: skip

    def add_resolution(self, name: str, value: Outcome, evidence: str, by: str, *, today: dt.date) -> Record[Entry]:
        """Append a person's answer; it supersedes earlier ones, which stay in the log.

        Raises ``InputError`` before the question opens, without evidence or name, and for a yes or no ahead of the day
        on which a series decides.
        """
        question = self.question(name)
        if not (evidence.strip() and by.strip()):
            raise InputError("a person's answer needs evidence and the name of who judged it")
        if today < question.opens:
            raise InputError(f"{question.id} opens on {question.opens}")
        if question.resolve_when is not None and value in ("yes", "no") and today < question.resolves:
            raise InputError(
                f"{question.id} is decided by a series on {question.resolves}; until then it can only be annulled or"
                " found ambiguous"
            )
        return self.log.append(
            _checked(Resolution, thesis=self.thesis.id, question=question.id, date=today, value=value,
                     evidence=evidence.strip(), by=by.strip())
        )  # fmt: skip

    def resolve_due(self, know: KnowledgeOn, today: dt.date, name: str | None = None) -> list[tuple[Standing, bool]]:
        """Every question that is due (or the one named, due or not), and whether its answer was recorded just now.

        An answer of the series is appended where neither the ledger nor the definition has one yet; one by proxy only
        ten days later, as the first choice may still come.
        """
        chosen = None if name is None else self.question(name)
        results = []
        for standing in self.standings(know, today):
            question, finding = standing.question, standing.finding
            if question.id != chosen.id if chosen else today < question.resolves:
                continue
            patient = not finding.is_proxy or today >= question.resolves + _PROXY_WAITS
            new = standing.resolved_by == "series" and patient
            if new:
                self.log.append(
                    _checked(Resolution, thesis=self.thesis.id, question=question.id, date=today, value=finding.answer,
                             evidence=finding.evidence, by=AUTOMATIC, is_automatic=True, is_proxy=finding.is_proxy)
                )  # fmt: skip
            results.append((standing, new))
        return results

    def standings(self, know: KnowledgeOn, as_of: dt.date) -> list[Standing]:
        """Every question as it stands on a day: entries and data of later days are not known yet."""
        records = self._records()
        return [self._standing(question, records, know, as_of) for question in self.thesis.questions]

    def _standing(
        self, question: Question, records: Sequence[Record[Entry]], know: KnowledgeOn, as_of: dt.date
    ) -> Standing:
        finding = resolve(question, know, as_of)
        recorded = _resolutions(question, records, as_of)
        status: Status = "due" if as_of >= question.resolves else "open"
        by, evidence, closes = None, None, question.resolves
        if recorded:
            status, by, evidence = recorded[-1].value, recorded[-1].by, recorded[-1].evidence
            closes = min(closes, recorded[0].date)
        elif status == "due" and question.resolution is not None:
            status, by, evidence = question.resolution, "definition", question.evidence
        elif finding.answer in ("yes", "no"):
            status, by, evidence = finding.answer, "series", finding.evidence
        return Standing(
            question=question,
            pillars=tuple(dict.fromkeys(self._groups[claim] for claim in question.claims)),
            status=status,
            resolved_by=by,
            evidence=evidence,
            closes=closes,
            finding=finding,
            forecasts=tuple(_forecasts(question, records, as_of)),
            computed=computed_base_rate(question, know, as_of),
            contradiction=_contradiction(question, status, by, finding),
        )

    def _records(self) -> list[Record[Entry]]:
        return [record for record in self.log.read() if record.content.thesis == self.thesis.id]


def open_log(folder: Path | None = None) -> RecordLog[Entry]:
    """The log in a folder, the user's own unless another is given."""
    return RecordLog((folder or settings.home()) / FILE_NAME, _ENTRIES)


def wording(question: Question) -> str:
    """Twelve hex digits that change when the question, its criterion or its dates do."""
    said = {"text", "criterion", "resolve_when", "polarity", "opens", "resolves"}
    document = question.model_dump(mode="json", include=said)
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:12]


def _checked(kind: type[_Made], **fields: Any) -> _Made:
    """An entry. Raises ``InputError`` for words that are missing, too long or no text."""
    try:
        return kind(**fields)
    except ValidationError as error:
        item = error.errors(include_url=False)[0]
        raise InputError(f"{item['loc'][0]}: {refusal(item)}") from None


def _resolutions(question: Question, records: Sequence[Record[Entry]], as_of: dt.date) -> list[Resolution]:
    entries = [record.content for record in records]
    return [
        entry for entry in entries
        if isinstance(entry, Resolution) and entry.question == question.id and entry.date <= as_of
    ]  # fmt: skip


def _forecasts(
    question: Question, records: Sequence[Record[Entry]], as_of: dt.date
) -> Iterator[tuple[dt.date, Forecast]]:
    """Forecasts with the day each counts from: the one it was made for, or the one it was written down if later."""
    for record in records:
        entry = record.content
        if isinstance(entry, Forecast) and entry.question == question.id:
            written = day_of(record.recorded_at)
            if max(entry.date, written) <= as_of:
                yield max(entry.date, written), entry


def _contradiction(question: Question, status: Status, by: str | None, finding: Finding) -> str | None:
    """The sentence where what stands and what the series say are opposite answers."""
    if {status, finding.answer} != {"yes", "no"}:
        return None
    return f"{question.id} stands as {status} ({by}), but the series say {finding.answer}: {finding.evidence}"
