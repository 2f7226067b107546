"""Words with weights, found in a text; denied ones speak for the opposite, intensified ones louder.

Words are found without cutting the text into words first: of each class the longest at every place. Each class looks
for itself, so that another class's words never change what speaks for this one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from metadata.classifiers.judging import MAX_TEXT, Judge, Scores, Word
from metadata.classifiers.values import Classifier, LexiconSettings
from metadata.expressions.functions.text import NEGATIONS, QUESTIONS, lower

__all__ = ["lexicon_judge"]

_MOST_BEFORE = 6
"""Words before one that may deny or intensify it."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a class.

    Attributes:
        found: Matches the longest one at a place.
        opposite: Class that a denied one speaks for.
    """

    key: str
    found: re.Pattern[str]
    weights: Mapping[str, Decimal]
    opposite: str


def lexicon_judge(classifier: Classifier, settings: LexiconSettings) -> Judge:
    """How sure the words of a checked classifier are of a text: a class's share of all weight, the doubt included."""
    lists = list(_lists(classifier))
    before = {lower(one.word): Decimal(one.times) for one in settings.intensity}
    before |= dict.fromkeys(NEGATIONS, Decimal(-1))
    longest = max(map(len, before))
    doubt = Decimal(settings.doubt)

    def judge(text: str) -> Scores:
        said = _without_questions(lower(text[:MAX_TEXT]))
        words = [word for one in lists for word in _spoken(one, said, text, before, longest)]
        weights: dict[str, Decimal] = defaultdict(Decimal)
        for word in words:
            if word.of:
                weights[word.of] += word.weight
        if settings.otherwise:
            weights[settings.otherwise] += doubt
        total = sum(weights.values(), Decimal() if settings.otherwise else doubt)
        keys = [one.key for one in classifier.classes if weights[one.key]]
        return Scores({key: weights[key] / total for key in keys}, words)

    return judge


def _lists(classifier: Classifier) -> Iterator[_Words]:
    for one in classifier.classes:
        weights = {
            lower(text): Decimal(entry.weight)
            for entry in classifier.entries
            if entry.of == one.key and not entry.proof
            for text in entry.texts
        }
        if weights:
            longest_first = sorted(weights, key=len, reverse=True)
            found = re.compile("|".join(map(_bounded, longest_first)))
            yield _Words(one.key, found, weights, one.opposite)


def _bounded(word: str) -> str:
    """Words of letters are found as whole words: `happy` is not in `unhappy`; Chinese has no such bounds."""
    begin = "(?<![a-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
    end = "(?![a-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
    return begin + re.escape(word) + end


def _without_questions(said: str) -> str:
    """`是不是过敏` asks and does not deny; places stay as they are."""
    for question in QUESTIONS:
        said = said.replace(question, "？" * len(question))
    return said


def _spoken(one: _Words, said: str, text: str, before: Mapping[str, Decimal], longest: int) -> Iterator[Word]:
    for match in one.found.finditer(said):
        weight = one.weights[match[0]]
        if not weight:
            continue
        start, factor = _begin(said, match.start(), before, longest)
        denied = factor < 0
        of = one.opposite if denied else one.key
        yield Word(text[start : match.end()], start, of, weight * abs(factor) if of else Decimal(), denied)


def _begin(said: str, start: int, before: Mapping[str, Decimal], longest: int) -> tuple[int, Decimal]:
    """Where what denies or intensifies a word begins, and the product of it; negative where it is denied."""
    factor = Decimal(1)
    for _ in range(_MOST_BEFORE):
        bare = len(said[:start].rstrip(" "))
        for end in dict.fromkeys((start, bare)):
            size = next((n for n in range(min(longest, end), 0, -1) if said[end - n : end] in before), 0)
            if size:
                break
        if not size:
            return start, factor
        factor *= before[said[end - size : end]]
        start = end - size
    return start, factor
