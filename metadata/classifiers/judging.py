"""What a judgement is: a class, how sure it is, and the words that decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from metadata.classifiers.values import UNCLEAR

__all__ = ["MAX_TEXT", "Judge", "Judgement", "Scores", "Word", "decided"]

MAX_TEXT = 10_000
"""Characters of a text that are looked at."""

_DIGITS = Decimal("0.0001")
_MAX_WORDS = 20


@dataclass(frozen=True, slots=True)
class Word:
    """A part of a text that spoke for a class.

    Attributes:
        text: As it stands in the text, with what denies or intensifies it.
        at: Its first character's place, from 0.
        of: The class it speaks for; empty where it is denied and has no opposite.
        weight: How strongly.
        denied: Whether it was denied.
    """

    text: str
    at: int
    of: str
    weight: Decimal
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Scores:
    """How sure a kind of classifier is of each class, 0 to 1, and by which words."""

    confidence: Mapping[str, Decimal]
    words: Sequence[Word] = ()


Judge = Callable[[str], Scores]
"""How sure a classifier is of a text."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a classifier says of a text.

    Attributes:
        key: The class, or `unclear`.
        likely: The surest class, be it sure enough or not; empty where nothing speaks for any.
        confidence: How sure that one is, 0 to 1, with four digits.
        words: What decided, strongest first.
    """

    key: str
    likely: str
    confidence: Decimal
    words: tuple[Word, ...] = ()


def decided(scores: Scores, needed: Decimal) -> Judgement:
    """The surest class, of equally sure ones the first; `unclear` where it is not as sure as is needed."""
    likely = max(scores.confidence, key=lambda key: scores.confidence[key], default="")
    confidence = scores.confidence.get(likely, Decimal()).quantize(_DIGITS, ROUND_HALF_EVEN)
    words = sorted(scores.words, key=lambda word: (-word.weight, word.at))[:_MAX_WORDS]
    if not confidence:
        return Judgement(UNCLEAR, "", Decimal("0.0000"), tuple(words))
    return Judgement(likely if confidence >= needed else UNCLEAR, likely, confidence, tuple(words))
