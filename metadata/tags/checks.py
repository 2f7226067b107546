"""What is wrong with a tag group."""

from __future__ import annotations

from collections.abc import Iterator

from metadata.model.tenant import TenantModel, field_of
from metadata.problems import Fault
from metadata.tags.values import TagGroup

__all__ = ["tag_group_faults"]


def tag_group_faults(model: TenantModel, group: TagGroup) -> Iterator[Fault]:
    """What is wrong with a group; paths start at it."""
    found = model.objects.get(group.object)
    if found is None or found.storage != "tenant":
        message = f"Tag group '{group.name}' is for '{group.object}', which is no object type with records."
        yield Fault("unknown_object", message, ("object",), "Name an object type of the tenant's own.")
        return
    field = field_of(found, group.field)
    if field is None or field.type != "tags":
        message = f"Tag group '{group.name}' keeps its tags in '{group.field}', which is no field of type tags."
        yield Fault("unknown_field", message, ("field",), f"Name a field of type tags of '{group.object}'.")
    taken = {
        tag.key: other.name
        for other in model.tag_groups.values()
        if other.name != group.name and (other.object, other.field) == (group.object, group.field)
        for tag in other.tags
    }
    yield from _alias_faults(model, group)
    seen: set[str] = set()
    for place, tag in enumerate(group.tags):
        if tag.key in seen or tag.key in taken or not tag.key:
            message = f"The tag '{tag.key}' stands twice in what '{group.field}' holds."
            yield Fault("duplicate_name", message, ("tags", place, "key"), "Give it another key.")
        seen.add(tag.key)
    if not group.tags:
        yield Fault("missing", f"Tag group '{group.name}' has no tags.", ("tags",), "Declare one.")


def _alias_faults(model: TenantModel, group: TagGroup) -> Iterator[Fault]:
    """Words of platforms that are empty, or mean two things in what one field holds."""
    means = {
        (alias.platform, alias.word): tag.key
        for other in model.tag_groups.values()
        if other.name != group.name and (other.object, other.field) == (group.object, group.field)
        for tag in other.tags
        for alias in tag.aliases
    }
    for place, tag in enumerate(group.tags):
        for number, alias in enumerate(tag.aliases):
            path = ("tags", place, "aliases", number)
            if not alias.platform or not alias.word:
                yield Fault(
                    "missing", f"An alias of the tag '{tag.key}' lacks its platform or word.", path, "Give both."
                )
                continue
            known = means.setdefault((alias.platform, alias.word), tag.key)
            if known != tag.key or tag.aliases.index(alias) != number:
                message = f"The word '{alias.word}' of '{alias.platform}' stands for '{known}' and '{tag.key}'."
                yield Fault("duplicate_name", message, (*path, "word"), "Let it stand for one tag, once.")
