"""Classifiers as a tenant declares them: classes, entries of words or examples, and what becomes of a judgement."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from metadata.model.values import About, Labels

__all__ = [
    "UNCLEAR",
    "Classifier",
    "ClassifierEntry",
    "Intensifier",
    "LearnedSettings",
    "LexiconSettings",
    "ProgramSettings",
    "TextClass",
]

UNCLEAR = "unclear"
"""The class of texts for which no class is sure enough; no declared class is called so."""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a declaration that is no item by itself."""


class TextClass(Part, frozen=True, kw_only=True, omit_defaults=True):
    """One of the classes of which a text gets one."""

    key: Annotated[str, About("What records and rules call it; it never changes, whatever the label says")]
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    opposite: Annotated[
        str, About("Class that a denied word of this one speaks for (`不满意`); empty: what is denied says nothing")
    ] = ""


class Intensifier(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A word that stands before others and makes them weigh more or less."""

    word: Annotated[str, About("The word: 非常, 有点")]
    times: Annotated[str, About("What it multiplies their weight by, decimal text: 1.5, 0.5")]


class LexiconSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Words with weights; confidence is a class's share of all weight found, `doubt` included."""

    doubt: Annotated[str, About("Weight against every class, decimal text: the more, the more words it takes")] = "1"
    otherwise: Annotated[str, About("Class that the doubt speaks for: of texts without such words; empty for none")] = (
        ""
    )
    intensity: Annotated[tuple[Intensifier, ...], About("Words that make the words after them weigh more or less")] = ()


class LearnedSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """Likeness to examples, by runs of characters; confidence is how sure the examples are of each other."""

    longest: Annotated[int, About("Longest run of characters that is compared")] = 3


class ProgramSettings(Part, frozen=True, kw_only=True, omit_defaults=True):
    """A program tells the class by `tellClass`: a model service that hears of new records by a webhook."""


class ClassifierEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Words of a class, or examples of its texts."""

    name: Annotated[str, About("snake_case, unique within the classifier", identifies=True)]
    of: Annotated[str, About("Key of the class; of a proof also `unclear`")]
    texts: Annotated[tuple[str, ...], About("Words and phrases of a lexicon; whole texts as examples")]
    weight: Annotated[
        str, About("How much each counts, decimal text; 0 keeps shorter words of the class from being found in it")
    ] = "1"
    proof: Annotated[bool, About("Whole texts that are not learned from, but show how well it judges")] = False
    origin: Annotated[str, About("Template it came from", given=False)] = ""


class Classifier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Gives the text in a field of each record one of several classes, with a confidence."""

    name: Annotated[str, About("snake_case, unique within the tenant", identifies=True)]
    object: Annotated[str, About("Object type of the records")]
    field: Annotated[str, About("Its field that holds the text")]
    kind: Annotated[str, About("Key of a kind of classifier: `lexicon`, `learned` or `program`")]
    settings: Annotated[Any, About("What only this kind of classifier has")] = None
    label: Annotated[Labels, About("Name shown to people, by language")] = msgspec.field(default_factory=dict)
    description: Annotated[Labels, About("What it is for, by language")] = msgspec.field(default_factory=dict)
    when: Annotated[str, About('Expression over the records whose text it judges: `direction == "inbound"`')] = ""
    classes: Annotated[tuple[TextClass, ...], About("The classes; of equally sure ones the first")] = ()
    confidence: Annotated[str, About("From 0 to 1: what is less sure is `unclear`")] = "0.5"
    keep_class: Annotated[str, About("Field of the record that keeps the class; empty for none")] = ""
    keep_confidence: Annotated[str, About("Field of the record that keeps the confidence; empty for none")] = ""
    precision: Annotated[
        str, About("From 0 to 1: share of its proofs that every class found has to be right in; empty for any")
    ] = ""
    entries: Annotated[tuple[ClassifierEntry, ...], About("Words, examples and proofs")] = ()
    origin: Annotated[str, About("Template it came from", given=False)] = ""
