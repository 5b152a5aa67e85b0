"""`pantau evaluate`: how well is read what people have annotated or decided."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pantau.house import complain, progress

if TYPE_CHECKING:
    from nlp.measure.evaluate import Graded, Report


@click.command()
@click.argument("golds", metavar="GOLD...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--errors", "is_listing", is_flag=True, help="List what was missed and what was made up.")
@click.option("--raise", "is_raising", is_flag=True, help="Keep the scores in nlp/metrics.json and lift the floors.")
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
def evaluate(golds: Sequence[Path], is_listing: bool, is_raising: bool, is_json: bool) -> None:
    """Score what is read out of annotated articles against the floors of nlp/metrics.json.

    Of a file of corrections (cases.jsonl) it says how many of people's decisions the present reading agrees with.
    """
    if not evaluate_files(golds, is_listing, is_raising, is_json):
        raise SystemExit(1)


def evaluate_files(golds: Sequence[Path], is_listing: bool, is_raising: bool, is_json: bool) -> bool:
    """Print the scores of every file; whether all floors are held."""
    from nlp.measure import floors
    from nlp.measure.cases import is_cases
    from nlp.measure.evaluate import error_lines, reliability_lines, reliability_object, report_lines, report_object
    from nlp.relevance import load_card

    for path in golds:
        if is_listing and path.name.casefold().startswith("blind"):
            raise click.ClickException(f"{path}: a blind set; its errors are shown to nobody, so that it stays one")
    decided = [judge_file(path, is_listing, is_json) for path in golds if is_cases(path)]
    golds = [path for path in golds if not is_cases(path)]
    objects: list[dict[str, Any]] = []
    findings: list[Graded] = []
    is_held = True
    for path in golds:
        report = read_report(path)
        kept = floors.load_floors(report.name)
        measured = report_object(report, kept)
        if is_listing:
            measured["errors"] = [asdict(error) for error in report.errors]
        if not is_json:
            lines = [*report_lines(report, kept), "", *reliability_lines(report.graded), ""]
            click.echo("\n".join([*lines, *error_lines(report.errors), ""] if is_listing else lines))
        sunk = floors.sunk({task: score.f1 for task, score in report.scores.items()}, kept)
        for line in sunk:
            complain(f"{report.name}: {line} (nlp/metrics.json)")
        if is_raising and not sunk:
            floors.save_measured(measured)
        objects.append(measured)
        findings += report.graded
        is_held = is_held and not sunk
    if is_json:
        whole = {
            "files": objects,
            "decisions": decided,
            "confidence": reliability_object(findings),
            "classifiers": load_card(),
        }
        click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
    elif len(golds) > 1:
        click.echo("\n".join(["all files", *reliability_lines(findings)]))
    return is_held


def judge_file(path: Path, is_listing: bool, is_json: bool) -> dict[str, Any]:
    """What the present reading says of a file of decisions: as an object, and printed unless it is for JSON."""
    from nlp.measure.cases import CaseError, case_lines, cases_object, disagreement_lines, judge_cases, load_cases
    from nlp.pipeline import extract_articles as read_articles

    try:
        cases = load_cases(path)
    except CaseError as error:
        raise click.ClickException(str(error)) from error
    verdicts = judge_cases(cases, lambda articles: read_articles(progress([*articles], "evaluate")))
    if not is_json:
        lines = [*case_lines(path.stem, verdicts), ""]
        click.echo("\n".join([*lines, *disagreement_lines(verdicts), ""] if is_listing else lines))
    return cases_object(path.stem, verdicts)


def read_report(path: Path) -> Report:
    """The report on a gold file, whose articles are read as `annotate` reads them; refuses a malformed one."""
    from crawler.ingest import LOCAL_SOURCE, read_pages
    from crawler.items import ParseError
    from crawler.parse import parse_article
    from nlp.measure.evaluate import GoldError, load_gold
    from nlp.measure.evaluate import evaluate as build_report
    from nlp.pipeline import extract_articles as read_articles

    def refuse(message: str) -> None:
        raise click.ClickException(message)

    try:
        golds = load_gold(path)
        articles = [parse_article(page, LOCAL_SOURCE) for page in read_pages(path, refuse)]
    except (GoldError, ParseError) as error:
        raise click.ClickException(str(error)) from error
    return build_report(path.stem, golds, read_articles(progress(articles, "evaluate")))
