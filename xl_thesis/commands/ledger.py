"""``questions``, ``forecast add``, ``resolve``: dated questions, probabilities for them, and their answers."""

from __future__ import annotations

import datetime as dt
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, get_args

import click

from xl_thesis.commands import line_width, load, open_scorer, print_json, read_date, with_json, with_thesis
from xl_thesis.errors import InputError

if TYPE_CHECKING:
    from xl_thesis.definition import Thesis
    from xl_thesis.ledger import Standing
    from xl_thesis.scoreboard import Scoreboard

CONTRADICTED = 1
_WIDTH = 120
_INDENT = "     "


def _read_probability(_: click.Context, argument: click.Parameter, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise click.BadParameter(f"'{value}' is no probability; write 30 percent as 0.3", param=argument) from None


@click.command()
@with_json
@with_thesis
@click.option("--as-of", callback=read_date, metavar="DATE", help="As known on this day (default: today).")
def questions(thesis: str | None, as_of: dt.date | None, as_json: bool) -> None:
    """List the dated questions: how each stands, its base rate, the last forecast, and the scores of forecasts."""
    from xl_thesis.days import today
    from xl_thesis.ledger import Ledger, open_log
    from xl_thesis.scoreboard import claim_counts, facts, question_counts, scoreboards

    day = as_of or today()
    with open_scorer(thesis) as scorer:
        scorer.check(day)
        loaded = scorer.thesis
        standings = Ledger(loaded, open_log()).standings(scorer.knowledge, day)
        stood = scorer.default_as_of()
    boards = scoreboards(standings)
    if as_json:
        print_json({
            "thesis": loaded.id, "as_of": str(day), "questions": [item.to_json() for item in standings],
            "scores": [board.to_json() for board in boards], "question_counts": question_counts(standings),
            "claim_counts": claim_counts(loaded), "facts": facts(loaded),
        })  # fmt: skip
    else:
        click.echo(click.style(loaded.title.en, bold=True) + f"\nQuestions as known on {day}.")
        if as_of is None and day != stood:
            click.echo(f"Scores and cells are as known on {stood}; --as-of {stood} shows the questions of that day.")
        click.echo()
        for standing in standings:
            _echo_question(standing)
        for sentence in _footer(loaded, standings, boards):
            click.echo("\n".join(textwrap.wrap(sentence, _width())))
    _say_contradictions(standings)


@click.group()
def forecast() -> None:
    """Record probabilities for dated questions."""


@forecast.command(context_settings={"ignore_unknown_options": True})  # so that -0.1 is a number, and refused as one
@click.argument("question")
@click.argument("probability", callback=_read_probability)
@click.option("--by", required=True, metavar="NAME", help="Whose forecast it is.")
@click.option("--date", "made_on", callback=read_date, metavar="DATE", help="When it was made (default: today).")
@with_json
@with_thesis
def add(thesis: str | None, question: str, probability: float, by: str, made_on: dt.date | None, as_json: bool) -> None:
    """Append the PROBABILITY (0 to 1) that QUESTION resolves yes; an update is a new line, nothing is edited."""
    from xl_thesis.days import today
    from xl_thesis.ledger import Ledger, open_log
    from xl_thesis.models import as_document

    log = open_log()
    record = Ledger(load(thesis), log).add_forecast(question, probability, by, made_on or today(), today=today())
    if as_json:
        print_json({**as_document(record.content), "line": record.number, "hash": record.hash})
    else:
        click.echo(f"Line {record.number} of {log.path}, hash {record.hash}")


@click.command()
@click.argument("question", required=False)
@click.argument("answer", required=False)
@click.option("--evidence", metavar="TEXT", help="What shows it: figures, days, source.")
@click.option("--by", metavar="NAME", help="Who judged it.")
@with_json
@with_thesis
def resolve(
    thesis: str | None, question: str | None, answer: str | None, evidence: str | None, by: str | None, as_json: bool
) -> None:
    """Resolve what is due from its series and list it; or append a person's ANSWER to QUESTION.

    ANSWER is yes, no, ambiguous or annulled, and needs --evidence and --by. A later answer supersedes an earlier one by
    a new line. Exit code 1 says that an answer in force contradicts the series.
    """
    from xl_thesis.days import today
    from xl_thesis.ledger import Ledger, Outcome, open_log

    if answer is None and (evidence or by):
        raise InputError("--evidence and --by belong to an answer: yes, no, ambiguous or annulled")
    with open_scorer(thesis) as scorer:
        ledger = Ledger(scorer.thesis, open_log())
        if question is not None and answer is not None:
            value = next((known for known in get_args(Outcome) if known == answer.lower()), None)
            if value is None:
                raise InputError(f"'{answer}' is no answer; it is one of: {', '.join(get_args(Outcome))}")
            if not (evidence and evidence.strip() and by and by.strip()):
                raise InputError("a person's answer needs --evidence TEXT and --by NAME")
            ledger.add_resolution(question, value, evidence, by, today=today())
        results = ledger.resolve_due(scorer.knowledge, today(), question)
    standings = [standing for standing, _ in results]
    if as_json:
        print_json([{**standing.to_json(), "recorded": recorded} for standing, recorded in results])
    else:
        for standing, recorded in results:
            _echo_question(standing, brief=True)
            if recorded:
                click.echo(f"{_INDENT}recorded in the ledger")
        if not results:
            click.echo("No question is due.")
    if _say_contradictions(standings):
        sys.exit(CONTRADICTED)


def _echo_question(standing: Standing, *, brief: bool = False) -> None:
    """A question in a few lines; grey where it is hindsight."""
    head = f"{standing.question.id:<4} {standing.question.text.en}"
    lines = textwrap.wrap(head, _width(), subsequent_indent=_INDENT)
    for line in _brief(standing) if brief else _details(standing):
        lines += textwrap.wrap(line, _width(), initial_indent=_INDENT, subsequent_indent=_INDENT)
    for line in lines:
        click.echo(click.style(line, dim=True) if standing.question.hindsight else line)
    if standing.contradiction:
        click.secho(f"{_INDENT}CONTRADICTION: see below", fg="red", bold=True)
    if not brief:
        click.echo()


def _width() -> int:
    return min(_WIDTH, line_width() or _WIDTH)


def _details(standing: Standing) -> Iterator[str]:
    question = standing.question
    yield (
        f"{_answer(standing)}; opens {question.opens}, resolves {question.resolves}; {', '.join(standing.pillars)};"
        f" {'of the author' if question.origin == 'author' else 'imposed'}; a yes speaks {question.polarity} the thesis"
        + ("; hindsight, never scored" if question.hindsight else "")
    )
    rates = []
    if question.base_rate is not None:
        rates.append(f"{question.base_rate.probability:.0%} declared")
    if standing.computed is not None:
        rates.append(f"{standing.computed.probability:.0%} computed ({standing.computed.how})")
    if rates:
        yield f"base rate: {'; '.join(rates)}"
    last = standing.last_forecast
    if last is not None:
        old = ", before the question was reworded" if standing.is_reworded else ""
        yield f"forecast: {last.p:.3g} by {last.by} on {last.date}{old} ({len(standing.forecasts)} in all)"
    yield from _evidence(standing)


def _brief(standing: Standing) -> Iterator[str]:
    yield _answer(standing)
    yield from _evidence(standing)


def _answer(standing: Standing) -> str:
    source = {"definition": "by the definition, checked by a person", "series": "by the series", None: ""}
    by = source.get(standing.resolved_by, f"by {standing.resolved_by}")
    return f"{standing.status} {by}".strip() if standing.resolved_by else standing.status


def _evidence(standing: Standing) -> Iterator[str]:
    if standing.evidence:
        yield f"evidence: {standing.evidence}"
    finding = standing.finding
    if finding.answer == "needs a person" and standing.status != "due":
        return
    if finding.answer != "open" and finding.evidence != standing.evidence:
        yield f"series: {finding.answer}. {finding.evidence}"


def _footer(thesis: Thesis, standings: Sequence[Standing], boards: Sequence[Scoreboard]) -> Iterator[str]:
    groups = dict.fromkeys(claim.group for claim in thesis.claims)
    for group in groups:
        verdicts = _counted(claim.verdict.status.replace("_", " ") for claim in thesis.claims if claim.group == group)
        yield f"Claims {group} at publication: {verdicts}."
    verdicts = _counted(claim.verdict.status.replace("_", " ") for claim in thesis.claims if claim.kind == "fact")
    yield f"Facts among them, each checked once with its evidence (`claims --json`): {verdicts}."
    for hindsight, words in ((False, "Prospective questions"), (True, "Hindsight questions, never scored")):
        chosen = [item for item in standings if item.question.hindsight is hindsight]
        for origin in dict.fromkeys(item.question.origin for item in chosen):
            yield f"{words}, {origin}: {_counted(item.status for item in chosen if item.question.origin == origin)}."
    yield from (board.sentence() for board in boards)
    if not boards:
        yield "No forecast has been scored yet: scores begin when a prospective question with a forecast is answered."


def _counted(words: Iterable[str]) -> str:
    return ", ".join(f"{count} {word}" for word, count in Counter(words).most_common()) or "none"


def _say_contradictions(standings: Sequence[Standing]) -> bool:
    """Every contradiction on the error stream; whether there was one."""
    found = [standing.contradiction for standing in standings if standing.contradiction]
    for sentence in found:
        click.secho(f"xl-thesis: CONTRADICTION: {sentence}", fg="red", bold=True, err=True)
    return bool(found)
