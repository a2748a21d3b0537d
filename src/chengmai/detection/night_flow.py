"""Leaks from night flow: each begins on a night, stands apart from others that overlap it, and ends when mended.

A night's figure is modelled as customers' night use by weekday, moved by the season, plus a constant loss, plus one
term for each leak: a step, or a growth from an onset to a peak. Every new night is held against that model; a leak
is begun when one more term explains the last nights far better than chance, and ended when the reverse does.
The method is a generalised likelihood ratio test on a regression (Willsky and Jones, 1976), applied night by night.
"""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from chengmai.detection.night_balance import Floats, Night
from chengmai.detection.signals import Condition

Columns = npt.NDArray[np.float64]
"""Candidate terms, shape (n_nights, n_candidates)."""
Form = tuple[int, int, int]
"""Onset, peak (the onset itself for a step) and power of a term's shape."""


@dataclass(frozen=True, slots=True)
class NightFlowSettings:
    """How sure and how large. Flows in m3/h, lengths of time in nights, thresholds in standard deviations."""

    least_m3h: float = 2.0
    threshold: float = 4.0
    growth_threshold: float = 5.0
    single_night_threshold: float = 8.0
    history: int = 150
    least_history: int = 8
    night_use_share: float = 0.75
    """Share of the first nights' flow taken to be customers' use until the season tells better."""


class Shape(StrEnum):
    """How a leak's flow develops."""

    STEP = "step"
    GROWTH = "growth"


@dataclass(slots=True)
class NightLeak:
    """One leak as the nights tell it; days are ordinals of local dates, ``size_m3h`` is the full size at its peak."""

    number: int
    shape: Shape
    onset: int
    peak: int
    power: int
    size_m3h: float
    raised: int
    told_m3h: float
    end: int | None = None

    def profile(self, days: npt.NDArray[np.int64]) -> Floats:
        """Share of the full size that flows on each day, 0..1."""
        grown = np.clip((days - self.onset + 1) / (self.peak - self.onset + 1), 0, 1) ** self.power
        return np.where((days >= self.onset) & (days < (self.end or np.iinfo(np.int64).max)), grown, 0.0)

    def take(self, form: Form) -> None:
        """Become the leak of another shape."""
        self.onset, self.peak, self.power = form
        self.shape = Shape.STEP if self.peak == self.onset else Shape.GROWTH

    def now_m3h(self, day: int) -> float:
        """What flows on a day [m3/h]."""
        return float(self.size_m3h * self.profile(np.array([day]))[0])


@dataclass(frozen=True, slots=True)
class NightFinding:
    """What one night brought: a leak begun, changed or ended; ``certainty`` is the evidence in standard deviations.

    ``leak`` is as it was when the finding was made.
    """

    condition: Condition
    leak: NightLeak
    day: int
    size_m3h: float
    certainty: float
    usual_m3h: float
    flow_m3h: float


class NightMemory(msgspec.Struct):
    """All that is kept between nights."""

    nights: list[tuple[int, float, float]] = []
    leaks: list[dict[str, Any]] = []
    shifts: list[int] = []
    count: int = 0


def advance(memory: dict[str, Any], new: Night, settings: NightFlowSettings) -> list[NightFinding]:
    """Take in one night; nights come in order, one already known or older is passed over. Changes ``memory``."""
    kept = msgspec.convert(memory, NightMemory)
    if kept.nights and new.day <= kept.nights[-1][0]:
        return []
    kept.nights = [*kept.nights, (new.day, new.flow_m3h, new.range_m3h)][-settings.history :]
    leaks = [NightLeak(**{**leak, "shape": Shape(leak["shape"])}) for leak in kept.leaks]
    leaks = [leak for leak in leaks if leak.end is None or leak.end > kept.nights[0][0]]
    watch = _Watch(kept, leaks, settings)
    findings = watch.look() if len(kept.nights) >= settings.least_history else []
    kept.leaks = [asdict(leak) for leak in watch.leaks]
    kept.shifts = watch.shifts
    memory.clear()
    memory.update(msgspec.to_builtins(kept))
    return findings


class _Watch:
    """The look at one night: fit, mend shapes, then begin or end leaks while the evidence asks for it."""

    def __init__(self, memory: NightMemory, leaks: list[NightLeak], settings: NightFlowSettings) -> None:
        self.memory, self.leaks, self.settings = memory, leaks, settings
        self.shifts = [day for day in memory.shifts if day > memory.nights[0][0]]
        table = np.array(memory.nights, dtype=np.float64)
        self.days = table[:, 0].astype(np.int64)
        self.flow = table[:, 1]
        self.season = _season(table[:, 2])
        self.today = int(self.days[-1])

    def look(self) -> list[NightFinding]:
        findings: list[NightFinding] = []
        for leak in self.leaks:
            if self._young(leak):
                self._reshape(leak)
        for _ in range(3):
            fit = self._fit(self.leaks)
            found = self._begin(fit) or self._end(fit)
            if found is None:
                break
            findings.append(found)
        fit = self._fit(self.leaks)
        findings += self._renew(fit, {found.leak.number for found in findings})
        return findings

    def _young(self, leak: NightLeak) -> bool:
        age = self.today - leak.raised
        return leak.end is None and leak.onset > self.days[0] and (age < 15 or (age < 90 and age % 4 == 0))

    # -- the model ------------------------------------------------------------------------------------------------

    def _fit(self, leaks: list[NightLeak], weight: Floats | None = None) -> "_Fit":
        own = [leak.profile(self.days) for leak in leaks]
        steps = [(self.days >= day).astype(np.float64) for day in self.shifts]
        return _Fit(self.days, self.flow, self.season, [*own, *steps], self.settings, weight)

    def _reshape(self, leak: NightLeak) -> None:
        """Find onset, peak and power anew from all nights, with the other terms as they are."""
        forms = self._forms(leak)
        if forms:
            fit = self._fit([other for other in self.leaks if other is not leak])
            leak.take(forms[fit.best(self._columns(forms))])

    def _taken(self, leak: NightLeak | None) -> set[int]:
        """Days too near to another leak's onset: two leaks there would share one rise between them."""
        return {other.onset + shift for other in self.leaks if other is not leak for shift in (-2, -1, 0, 1, 2)}

    def _forms(self, leak: NightLeak) -> list[Form]:
        """The shapes a known leak may turn out to have."""
        reach = 2 if leak.shape is Shape.STEP else 8
        low, high = max(leak.onset - reach, int(self.days[1])), min(leak.onset + min(reach, 4), self.today)
        taken = self._taken(leak)
        onsets = [day for day in range(low, high + 1) if day not in taken]
        forms = [(onset, onset, 1) for onset in onsets] if leak.shape is Shape.STEP else []
        if leak.shape is Shape.GROWTH or self.today - leak.raised < 5:
            for onset in onsets:
                forms += [(onset, peak, power) for peak in range(onset + 3, self.today + 1, 3) for power in (1, 2)]
        return forms

    def _columns(self, forms: list[Form]) -> Columns:
        onset, peak, power = (np.array(part) for part in zip(*forms, strict=True))
        grown = np.clip((self.days[:, None] - onset + 1) / (peak - onset + 1), 0, 1)
        shares: Columns = np.where(power == 2, grown**2, grown)
        return shares

    # -- beginning ------------------------------------------------------------------------------------------------

    def _begin(self, fit: "_Fit") -> NightFinding | None:
        steps = [(int(day), int(day), 1) for day in self.days[-21:]]
        growths = [(int(day), self.today, power) for day in self.days[-60:-4] for power in (1, 2)]
        allowed: list[tuple[float, Form, float]] = []
        columns = self._columns(steps + growths)
        sizes, scores = fit.sizes(columns)
        for form, size, score, column in zip(steps + growths, sizes, scores, columns.T, strict=True):
            if self._convincing(fit, form, float(size), float(score), column):
                allowed.append((float(score), form, float(size)))
        if not allowed:
            return self._begin_beside(fit)
        score, form, size = max(allowed)
        return self._new(form, size, score, fit)

    def _begin_beside(self, fit: "_Fit") -> NightFinding | None:
        """A step that hides in another leak's growth: both are shaped together and held against growth alone."""
        best: tuple[float, NightLeak, Form, Form, float] | None = None
        for leak in self.leaks:
            if leak.shape is not Shape.GROWTH or not self._young(leak):
                continue
            steps = [(int(day), int(day), 1) for day in self.days[-21:-1] if int(day) not in self._taken(None)]
            forms = self._forms(leak)
            if not steps or not forms:
                continue
            alone = self._fit([other for other in self.leaks if other is not leak], fit.weight)
            score, first, second, size = alone.pair(self._columns(forms), self._columns(steps), fit)
            enough = score > self.settings.threshold and size > self.settings.least_m3h
            if enough and (best is None or score > best[0]):
                best = score, leak, forms[first], steps[second], size
        if best is None:
            return None
        score, leak, grown, step, size = best
        leak.take(grown)
        return self._new(step, size, score, fit)

    def _new(self, form: Form, size: float, score: float, fit: "_Fit") -> NightFinding:
        self.memory.count += 1
        leak = NightLeak(self.memory.count, Shape.STEP, *form, size, self.today, size)
        leak.take(form)
        self.leaks.append(leak)
        return self._finding(Condition.BEGIN, leak, size, score, fit)

    def _convincing(self, fit: "_Fit", form: Form, size: float, score: float, column: Floats) -> bool:
        nights = int((self.days >= form[0]).sum())
        if form[0] <= self.days[0] or size < self.settings.least_m3h:
            return False
        residual = fit.residual[-nights:]
        if nights == 1:
            return score > self.settings.single_night_threshold and residual[0] > 1.5 * fit.largest_spike
        holds = bool((residual[-2:] > 0.4 * size * column[-2:]).all())
        if form[0] == form[1]:
            return score > self.settings.threshold and holds and float(np.median(residual)) > 0.5 * size
        return score > self.settings.growth_threshold and holds and bool((residual[-3:] > 0).all())

    # -- ending ---------------------------------------------------------------------------------------------------

    def _end(self, fit: "_Fit") -> NightFinding | None:
        days = [int(day) for day in self.days[-14:] if day > self.days[0]]
        drops = -self._columns([(day, day, 1) for day in days])
        sizes, scores = fit.sizes(drops)
        certain = [
            place
            for place, (day, size) in enumerate(zip(days, sizes, strict=True))
            if size >= self.settings.least_m3h and self._fell(fit, day, float(size), float(scores[place]))
        ]
        if not certain:
            return None
        place = max(certain, key=lambda place: scores[place])
        day, score = days[place], float(scores[place])
        leak = self._mended(fit, day, float(sizes[place]))
        if leak is None:
            self.shifts.append(day)
            return None
        size = leak.now_m3h(day - 1)
        leak.end = max(day, leak.onset + 1)
        return self._finding(Condition.END, leak, size, score, fit)

    def _fell(self, fit: "_Fit", day: int, size: float, score: float) -> bool:
        residual = fit.residual[self.days >= day]
        if len(residual) == 1:
            return score > self.settings.single_night_threshold
        return score > self.settings.threshold and bool((residual[-2:] < -0.4 * size).all())

    def _mended(self, fit: "_Fit", day: int, size: float) -> NightLeak | None:
        """The open leak whose flow on that day comes nearest to what is gone; None when none comes near."""
        open_leaks = [leak for leak in self.leaks if leak.end is None and leak.onset < day]
        near = [(abs(leak.now_m3h(day - 1) - size), leak.number, leak) for leak in open_leaks]
        if not near:
            return None
        distance, _, leak = min(near)
        return leak if distance <= max(0.35 * size, 3 * fit.sigma) else None

    # -- renewing -------------------------------------------------------------------------------------------------

    def _renew(self, fit: "_Fit", fresh: set[int]) -> list[NightFinding]:
        """Keep sizes up to date; a leak that the nights no longer support ends."""
        findings = []
        for leak, size in zip(self.leaks, fit.own(len(self.leaks)), strict=True):
            if leak.end is not None or leak.onset <= self.days[0]:
                continue
            leak.size_m3h = size
            present = leak.now_m3h(self.today)
            if leak.number in fresh:
                leak.told_m3h = present
            elif present < 0.4 * self.settings.least_m3h:
                leak.end = self.today
                findings.append(self._finding(Condition.END, leak, 0.0, 0.0, fit))
            elif abs(present - leak.told_m3h) > max(1.0, 0.25 * leak.told_m3h):
                leak.told_m3h = present
                findings.append(self._finding(Condition.UPDATE, leak, present, 0.0, fit))
        return findings

    def _finding(self, condition: Condition, leak: NightLeak, size: float, score: float, fit: "_Fit") -> NightFinding:
        usual, flow = float(fit.usual[-1]), float(self.flow[-1])
        return NightFinding(condition, replace(leak), self.today, size, score, usual, flow)


class _Fit:
    """A robust least-squares fit of the nights on use by weekday, constant loss and the given terms."""

    def __init__(
        self,
        days: npt.NDArray[np.int64],
        flow: Floats,
        season: Floats,
        terms: list[Floats],
        settings: NightFlowSettings,
        weight: Floats | None = None,
    ) -> None:
        first = max(float(np.median(flow[: settings.least_history])), 0.1)
        weekday = np.eye(7)[(days - 1) % 7] * season[:, None]
        design = np.column_stack([weekday, np.ones(len(days)), *terms])
        guess = max(0.03 * first, 0.3)
        use = settings.night_use_share * first
        prior = np.zeros((8, design.shape[1]))
        prior[:7, :7] = np.eye(7) / (0.3 * first)
        prior[7, 7] = 1 / (0.2 * first)
        wanted = np.concatenate((np.full(7, use / (0.3 * first)), [(first - use) / (0.2 * first)])) * guess
        given = weight
        weight = np.ones(len(days)) if given is None else given
        for _ in range(3 if given is None else 1):
            stacked = np.vstack([design * weight[:, None], prior * guess])
            target = np.concatenate((flow * weight, wanted))
            self.coefficients = np.linalg.lstsq(stacked, target, rcond=None)[0].astype(np.float64)
            self.residual = flow - design @ self.coefficients
            self.sigma = _spread(self.residual, design.shape[1], guess)
            self.weight: Floats = weight
            weight = np.sqrt(np.minimum(1.0, 3 * self.sigma / np.maximum(np.abs(self.residual), 1e-9)))
            weight[-3:] = 1.0
        left, values, _ = np.linalg.svd(stacked, full_matrices=False)
        self.basis = left[: len(days), values > 1e-9 * values[0]]
        self.usual = design[:, :8] @ self.coefficients[:8]
        self.largest_spike = float(self.residual[:-1].max())

    def sizes(self, columns: Columns) -> tuple[Floats, Floats]:
        """Size of each candidate term beside the fitted ones, and how many standard deviations it stands out."""
        part, power = self._own_part(columns)
        size = part.T @ (self.residual * self.weight) / power
        return size, size * np.sqrt(power) / self.sigma

    def best(self, columns: Columns) -> int:
        """Place of the candidate that explains most."""
        return int(np.argmax(self.sizes(columns)[1]))

    def pair(self, first: Columns, second: Columns, full: "_Fit") -> tuple[float, int, int, float]:
        """The best two terms, one of each kind: how much the second adds to the best first alone, places, its size.

        ``full`` is the fit with the first term as it was: its spread is that of the nights alone.
        """
        target = self.residual * self.weight
        (a, b), (aa, bb) = zip(*(self._own_part(columns) for columns in (first, second)), strict=True)
        at, bt, ab = a.T @ target, b.T @ target, a.T @ b
        determinant = np.maximum(aa[:, None] * bb - ab**2, 1e-6)
        one = (at[:, None] * bb - bt * ab) / determinant
        two = (bt * aa[:, None] - at[:, None] * ab) / determinant
        gain = np.where((one > 0) & (two > 0), at[:, None] * one + bt * two, 0.0)
        place, other = np.unravel_index(int(np.argmax(gain)), gain.shape)
        more = gain[place, other] - float((np.maximum(at, 0) ** 2 / aa).max())
        return float(np.sqrt(max(more, 0.0)) / full.sigma), int(place), int(other), float(two[place, other])

    def _own_part(self, columns: Columns) -> tuple[Columns, Floats]:
        """The part of weighted candidates that the fitted terms cannot imitate, and its square."""
        weighted = columns * self.weight[:, None]
        part = weighted - self.basis @ (self.basis.T @ weighted)
        return part, np.maximum((part**2).sum(axis=0), 1e-6)

    def own(self, count: int) -> list[float]:
        """Fitted sizes of the first ``count`` terms."""
        return [float(size) for size in self.coefficients[8 : 8 + count]]


def _spread(residual: Floats, terms: int, guess: float) -> float:
    """Robust standard deviation, drawn to a prior guess that weighs as much as five nights."""
    middle = 1.4826 * float(np.median(np.abs(residual - np.median(residual))))
    freedom = max(len(residual) - terms, 1)
    middle *= np.sqrt(len(residual) / freedom)
    return float(np.sqrt((5 * guess**2 + freedom * middle**2) / (5 + freedom)))


def _season(ranges: Floats) -> Floats:
    """Customers' demand against its first fortnight, from the mean daily range of the 14 nights up to each."""
    reach = np.array([ranges[max(0, place - 13) : place + 1].mean() for place in range(len(ranges))])
    reach[:14] = ranges[:14].mean()
    return reach / reach[0] if reach[0] > 0 else np.ones(len(ranges))
