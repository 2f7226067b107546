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
    seen: set[str] = set()
    for place, tag in enumerate(group.tags):
        if tag.key in seen or tag.key in taken or not tag.key:
            message = f"The tag '{tag.key}' stands twice in what '{group.field}' holds."
            yield Fault("duplicate_name", message, ("tags", place, "key"), "Give it another key.")
        seen.add(tag.key)
    if not group.tags:
        yield Fault("missing", f"Tag group '{group.name}' has no tags.", ("tags",), "Declare one.")
