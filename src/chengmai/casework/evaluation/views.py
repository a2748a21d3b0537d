"""From counted rows to what the doors and the printed report give."""

from fractions import Fraction

from chengmai.casework.clocks.limits import Light
from chengmai.casework.evaluation.queries import CountedRow, CountedTable
from chengmai.casework.evaluation.rules import (
    CASE_INDICATORS,
    INDICATORS_OF,
    VOLUMES,
    CaseIndicator,
    Counts,
    Weighting,
    goodness,
    grade,
    percent_of,
    score,
    share,
)
from chengmai.casework.evaluation.schemas import EvaluationRowOut, FigureOut


def row_out(row: CountedRow, table: CountedTable, weighting: Weighting) -> EvaluationRowOut:
    """A row with its rates, score and grade; what belongs to none has no score."""
    scored = bool(row.key)
    points = score(row.subject, row.counts, table.largest.get(row.subject, 0), weighting) if scored else None
    volume = VOLUMES[row.subject]
    return EvaluationRowOut(
        key=row.key,
        subject=row.subject,
        name_zh=row.name_zh,
        name_en=row.name_en,
        volume=volume,
        volume_cases=row.counts.get(volume, 0),
        figures=[_figure(CASE_INDICATORS[code], row.counts, weighting) for code in INDICATORS_OF[row.subject]],
        score=None if points is None else str(points),
        grade=None if points is None else grade(points, weighting),
    )


def _figure(indicator: CaseIndicator, counts: Counts, weighting: Weighting) -> FigureOut:
    percent = percent_of(share(indicator, counts))
    return FigureOut(
        code=indicator.code,
        counted=indicator.counted,
        counted_cases=counts.get(indicator.counted, 0),
        of=indicator.of,
        of_cases=counts.get(indicator.of, 0),
        percent=None if percent is None else str(percent),
        light=_light(goodness(indicator, counts), weighting),
    )


def _light(good: Fraction | None, weighting: Weighting) -> Light | None:
    """Green where a rate alone would be graded A, yellow down to C, red below."""
    if good is None:
        return None
    if 100 * good >= Fraction(weighting.grade_a):
        return Light.GREEN
    return Light.YELLOW if 100 * good >= Fraction(weighting.grade_c) else Light.RED
