"""How well a classifier judges: by its proofs, texts whose class is known and that it does not learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from metadata.classifiers.judging import decided
from metadata.classifiers.kinds import judge_of
from metadata.classifiers.values import UNCLEAR, Classifier

__all__ = ["ClassProof", "Miss", "proofs_of"]


@dataclass(frozen=True, slots=True)
class Miss:
    """A proof that is judged otherwise: what it is, and what it was found to be."""

    text: str
    of: str
    found: str
    confidence: Decimal


@dataclass(frozen=True, slots=True)
class ClassProof:
    """How well a class is found.

    Attributes:
        key: The class; `unclear` as well.
        proofs: Texts that are of it.
        found: Texts that were found to be of it.
        right: Both.
        misses: Texts that are of it and were found to be something else, or the other way round.
    """

    key: str
    proofs: int
    found: int
    right: int
    misses: Sequence[Miss]

    @property
    def precision(self) -> Decimal | None:
        """Share of what was found that is right; None where nothing was found."""
        return Decimal(self.right) / self.found if self.found else None

    @property
    def recall(self) -> Decimal | None:
        """Share of its texts that were found; None where there are none."""
        return Decimal(self.right) / self.proofs if self.proofs else None


def proofs_of(classifier: Classifier) -> list[ClassProof]:
    """How well every class of a checked classifier is found; nothing where a program outside judges."""
    judge = judge_of(classifier)
    proofs = [(text, entry.of) for entry in classifier.entries if entry.proof for text in entry.texts]
    if judge is None or not proofs:
        return []
    needed = Decimal(classifier.confidence)
    judged = [(text, of, decided(judge(text), needed)) for text, of in proofs]
    answers = [Miss(text, of, found.key, found.confidence) for text, of, found in judged]
    return [
        ClassProof(
            key,
            sum(one.of == key for one in answers),
            sum(one.found == key for one in answers),
            sum(one.of == one.found == key for one in answers),
            [one for one in answers if key in (one.of, one.found) and one.of != one.found],
        )
        for key in (*(one.key for one in classifier.classes), UNCLEAR)
    ]
