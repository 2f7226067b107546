"""Whether texts for people are there in every language that a template claims to speak."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from metadata.model.values import Labels
from metadata.problems import Fault, Path

__all__ = ["label_faults"]

_HAN = re.compile(r"[\u3400-\u9fff]")


def label_faults(labels: Labels, languages: Iterable[str], path: Path) -> Iterator[Fault]:
    """What is wrong with one text in several languages.

    Args:
        labels: As declared.
        languages: Those that the template claims to speak.
        path: Where they stand.
    """
    for language in languages:
        text = labels.get(language, "")
        if not text.strip():
            yield Fault("missing_label", f"There is no text in '{language}'.", path, f"Add `{language}: …`.")
        elif text != text.strip():
            yield Fault("untidy_label", f"The text in '{language}' begins or ends with a space.", path, "Remove it.")
        elif language == "en" and _HAN.search(text):
            yield Fault("wrong_language", f"'{text}' is not English.", (*path, language), "Translate it.")
    for language in labels:
        if language not in languages:
            text = f"The template does not claim to speak '{language}'."
            yield Fault("unclaimed_language", text, (*path, language), "Add it to the template's languages.")
