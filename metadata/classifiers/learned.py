"""Likeness to examples: a naive Bayes classifier over runs of characters, which needs no list of a language's words.

Every class is as likely beforehand, however many examples it has. How far the odds are to be believed is learned too:
each example is judged by all the others (leave one out), and the odds are raised to the power that makes these answers
the likeliest. What of a text is in no example speaks for every class alike, so that unknown questions are unclear.

Source:
    Manning, Raghavan, Schütze: Introduction to Information Retrieval, chapter 13 (naive Bayes);
    Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural Networks, section 4 (temperature scaling).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from metadata.classifiers.judging import MAX_TEXT, Judge, Scores, Word
from metadata.classifiers.values import Classifier, LearnedSettings
from metadata.expressions.functions.text import lower

__all__ = ["learned_judge"]

_SMOOTHING = 0.5
_POWERS = (0.03, 0.05, 0.08, 0.12, 0.18, 0.25, 0.35, 0.5, 0.7, 1.0)
_RUN = re.compile(r"[^\W_]+")
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class _Example:
    of: str
    weight: float
    runs: frozenset[str]


@dataclass(eq=False)
class _Learned:
    """How often each run of characters is in the examples of each class.

    Attributes:
        counts: By class and run: weight of the examples that have it.
        totals: The same over all runs, by class.
        known: Every run of any example.
        power: What the odds are raised to.
    """

    counts: Mapping[str, Counter[str]]
    totals: Mapping[str, float]
    known: frozenset[str]
    power: float = 1.0
    _kept: dict[str, tuple[Mapping[str, float], float]] = field(default_factory=dict, init=False, repr=False)

    def odds(self, key: str, runs: Sequence[str], without: _Example | None = None) -> float:
        """Logarithm of how likely the runs are in a class, where need be as if an example were not there."""
        if without is None or without.of != key:
            logs, none = self._logs(key)
            return sum(logs.get(run, none) for run in runs)
        counts, taken = self.counts[key], without.weight
        bottom = math.log(self.totals[key] - taken * len(without.runs) + _SMOOTHING * len(self.known))
        return sum(math.log(counts[run] - taken + _SMOOTHING) for run in runs) - bottom * len(runs)

    def _logs(self, key: str) -> tuple[Mapping[str, float], float]:
        """Logarithms of how likely each run is in a class, and any other."""
        if key not in self._kept:
            bottom = math.log(self.totals[key] + _SMOOTHING * len(self.known))
            logs = {run: math.log(count + _SMOOTHING) - bottom for run, count in self.counts[key].items()}
            self._kept[key] = (logs, math.log(_SMOOTHING) - bottom)
        return self._kept[key]


def learned_judge(classifier: Classifier, settings: LearnedSettings) -> Judge:
    """How sure a checked classifier's examples are of a text."""
    examples = [
        _Example(entry.of, float(entry.weight), frozenset(run for run, _ in _runs(text, settings.longest)))
        for entry in classifier.entries
        if not entry.proof and float(entry.weight)
        for text in entry.texts
    ]
    learned = _learn(classifier, examples)

    def judge(text: str) -> Scores:
        return _judged(learned, text[:MAX_TEXT], settings.longest)

    return judge


def _learn(classifier: Classifier, examples: Sequence[_Example]) -> _Learned:
    counts: dict[str, Counter[str]] = {one.key: Counter() for one in classifier.classes}
    for one in examples:
        for run in one.runs:
            counts[one.of][run] += one.weight  # type: ignore[assignment]  # weights need not be whole
    counts = {key: found for key, found in counts.items() if found}
    learned = _Learned(
        counts, {key: sum(found.values()) for key, found in counts.items()}, frozenset().union(*counts.values())
    )
    odds = [(one.of, {key: learned.odds(key, tuple(one.runs), one) for key in counts}) for one in examples if one.runs]
    learned.power = max(
        _POWERS, key=lambda power: sum(math.log(max(_shares(each, power)[of], 1e-9)) for of, each in odds)
    )
    return learned


def _judged(learned: _Learned, text: str, longest: int) -> Scores:
    places = dict[str, int]()
    for run, at in _runs(text, longest):
        places.setdefault(run, at)
    runs = [run for run in places if run in learned.known]
    if not runs:
        return Scores({})
    shares = _shares({key: learned.odds(key, runs) for key in learned.counts}, learned.power)
    known = _known_part(text, runs)
    even = (1 - known) / len(shares)
    surest = max(shares, key=lambda key: shares[key])
    return Scores(
        {key: Decimal(share * known + even) for key, share in shares.items()},
        list(_deciding(learned, surest, text, [(run, places[run]) for run in runs])),
    )


def _shares(odds: Mapping[str, float], power: float) -> dict[str, float]:
    highest = max(odds.values())
    parts = {key: math.exp((each - highest) * power) for key, each in odds.items()}
    total = sum(parts.values())
    return {key: part / total for key, part in parts.items()}


def _known_part(text: str, runs: Sequence[str]) -> float:
    """How much of what a text says is in the examples, by runs of two characters and more."""
    said = [run for run, _ in _runs(text, 2) if len(run) == 2]
    known = frozenset(runs)
    return sum(run in known for run in said) / len(said) if said else 1.0


def _deciding(learned: _Learned, key: str, text: str, places: Sequence[tuple[str, int]]) -> Iterator[Word]:
    """The runs that set a class apart from the others most, none within another."""
    others = [one for one in learned.counts if one != key]
    gains = [
        (learned.odds(key, [run]) - max((learned.odds(one, [run]) for one in others), default=0.0), -len(run), at, run)
        for run, at in places
    ]
    taken: set[int] = set()
    for gain, _, at, run in sorted(gains, reverse=True, key=lambda one: (one[0], -one[1], -one[2])):
        covered = range(at, at + len(run))
        if gain <= 0 or len(taken) >= _MOST_WORDS * 3:
            return
        if taken.isdisjoint(covered):
            taken.update(covered)
            yield Word(text[at : at + len(run)], at, key, Decimal(gain).quantize(Decimal("0.0001")))


def _runs(text: str, longest: int) -> Iterator[tuple[str, int]]:
    """Every run of 1 to `longest` characters within a word or a row of characters, with its place."""
    for match in _RUN.finditer(lower(text)):
        said, begin = match[0], match.start()
        for size in range(1, longest + 1):
            for at in range(len(said) - size + 1):
                yield said[at : at + size], begin + at
