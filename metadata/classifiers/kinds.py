"""The kinds of classifiers: one descriptor each, from which reading, checks, judging and docs follow.

A kind is added by its settings in `metadata.classifiers.values`, its descriptor here, and the module that judges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import msgspec

from metadata.classifiers import values
from metadata.classifiers.judging import Judge
from metadata.classifiers.learned import learned_judge
from metadata.classifiers.lexicon import lexicon_judge
from metadata.classifiers.numbers import number_of
from metadata.classifiers.values import Classifier
from metadata.problems import Fault

__all__ = ["CLASSIFIER_KINDS", "ClassifierKind", "judge_of", "settings_of", "version_of"]

_MOST_JUDGES = 64
_LONGEST_RUN = 5
_FEWEST_EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class ClassifierKind:
    """One kind of classifier.

    Attributes:
        key: As in documents.
        help: One line.
        settings: Class of its settings.
        judge: What judges by a checked classifier's entries; None where a program outside does.
        check: Faults of its settings and entries, with paths from the classifier.
    """

    key: str
    help: str
    settings: type[msgspec.Struct]
    judge: Callable[[Classifier, Any], Judge] | None
    check: Callable[[Classifier, Any, str], Iterator[Fault]]


def _lexicon(classifier: Classifier, settings: values.LexiconSettings, what: str) -> Iterator[Fault]:
    if not (number_of(settings.doubt) or 0) > 0:
        message = f"{what} has the doubt '{settings.doubt}'."
        yield Fault("bad_weight", message, ("settings", "doubt"), "Write decimal text above 0, such as 1.")
    keys = [one.key for one in classifier.classes]
    if settings.otherwise and settings.otherwise not in keys:
        message = f"{what} gives texts without its words the class '{settings.otherwise}', which it does not have."
        yield Fault("unknown_class", message, ("settings", "otherwise"), f"Known: {', '.join(keys)}.")
    for place, one in enumerate(settings.intensity):
        if not one.word or not (number_of(one.times) or 0) > 0:
            message = f"{what}: '{one.word}' multiplies by '{one.times}'."
            yield Fault("bad_weight", message, ("settings", "intensity", place, "times"), "Write a number above 0.")
    if not any(not entry.proof and entry.texts for entry in classifier.entries):
        yield Fault("missing", f"{what} has no words.", ("entries",), "Give entries with `texts`.")


def _learned(classifier: Classifier, settings: values.LearnedSettings, what: str) -> Iterator[Fault]:
    if not 1 <= settings.longest <= _LONGEST_RUN:
        message = f"{what} compares runs of up to {settings.longest} characters."
        yield Fault("out_of_range", message, ("settings", "longest"), f"1 to {_LONGEST_RUN}.")
    for place, one in enumerate(classifier.classes):
        learned = (entry for entry in classifier.entries if entry.of == one.key and not entry.proof)
        count = sum(len(entry.texts) for entry in learned if number_of(entry.weight))
        if count < _FEWEST_EXAMPLES:
            message = f"{what} has {count} examples of '{one.key}'."
            yield Fault("too_few_examples", message, ("classes", place), f"Give {_FEWEST_EXAMPLES} at least.")


def _program(classifier: Classifier, _settings: values.ProgramSettings, what: str) -> Iterator[Fault]:
    if classifier.entries:
        message = f"{what} is told by a program, and has entries that nobody reads."
        yield Fault("unread_entries", message, ("entries",), "Remove them, or choose another kind.")


CLASSIFIER_KINDS: Mapping[str, ClassifierKind] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            ClassifierKind("lexicon", "Words with weights", values.LexiconSettings, lexicon_judge, _lexicon),
            ClassifierKind("learned", "Likeness to examples", values.LearnedSettings, learned_judge, _learned),
            ClassifierKind("program", "A program tells the class", values.ProgramSettings, None, _program),
        )
    }
)
"""Every kind of classifier by its key."""


def settings_of(classifier: Classifier) -> Any:
    """A classifier's settings as a value of its kind's class, however they are held."""
    settings = CLASSIFIER_KINDS[classifier.kind].settings
    if isinstance(classifier.settings, settings):
        return classifier.settings
    return msgspec.convert(classifier.settings or {}, settings)


def version_of(classifier: Classifier) -> str:
    """Twelve digits that differ as soon as anything differs by which it judges; words for people do not count."""
    return sha256(_deciding(classifier)).hexdigest()[:12]


def judge_of(classifier: Classifier) -> Judge | None:
    """What judges by a checked classifier; None where a program outside does. Those used last are kept."""
    return _judge(_deciding(classifier))


def _deciding(classifier: Classifier) -> bytes:
    bare = msgspec.structs.replace(
        classifier,
        settings=settings_of(classifier), label={}, description={}, origin="", precision="",
        keep_class="", keep_confidence="", when="",
        classes=tuple(msgspec.structs.replace(one, label={}) for one in classifier.classes),
        entries=tuple(msgspec.structs.replace(one, origin="") for one in classifier.entries if not one.proof),
    )  # fmt: skip
    return msgspec.json.encode(bare, order="deterministic")


@lru_cache(maxsize=_MOST_JUDGES)
def _judge(data: bytes) -> Judge | None:
    classifier = msgspec.json.decode(data, type=Classifier)
    judge = CLASSIFIER_KINDS[classifier.kind].judge
    return None if judge is None else judge(classifier, settings_of(classifier))
