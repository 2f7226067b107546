"""What every record has undeclared: the system fields."""

from __future__ import annotations

from metadata.fields.base import NoSettings
from metadata.fields.numbers import IntegerSettings
from metadata.fields.relations import DepartmentSettings, UserSettings
from metadata.model.values import Field

__all__ = ["SYSTEM_FIELDS"]

SYSTEM_FIELDS: tuple[Field, ...] = (
    Field(
        name="id",
        type="id",
        label={"zh": "编号", "en": "ID"},
        required=True,
        settings=NoSettings(),
        column="id",
        system=True,
    ),
    Field(
        name="created_at",
        type="datetime",
        label={"zh": "创建时间", "en": "Created at"},
        required=True,
        settings=NoSettings(),
        column="created_at",
        system=True,
    ),
    Field(
        name="created_by",
        type="user",
        label={"zh": "创建人", "en": "Created by"},
        settings=UserSettings(on_delete="clear"),
        column="created_by",
        system=True,
    ),
    Field(
        name="updated_at",
        type="datetime",
        label={"zh": "更新时间", "en": "Updated at"},
        required=True,
        settings=NoSettings(),
        column="updated_at",
        system=True,
    ),
    Field(
        name="updated_by",
        type="user",
        label={"zh": "更新人", "en": "Updated by"},
        settings=UserSettings(on_delete="clear"),
        column="updated_by",
        system=True,
    ),
    Field(
        name="deleted_at",
        type="datetime",
        label={"zh": "删除时间", "en": "Deleted at"},
        settings=NoSettings(),
        column="deleted_at",
        system=True,
    ),
    Field(
        name="version",
        type="integer",
        label={"zh": "版本", "en": "Version"},
        required=True,
        settings=IntegerSettings(),
        column="version",
        system=True,
    ),
    Field(
        name="owner",
        type="user",
        label={"zh": "负责人", "en": "Owner"},
        settings=UserSettings(on_delete="clear"),
        column="owner_id",
        system=True,
    ),
    Field(
        name="department",
        type="department",
        label={"zh": "所属部门", "en": "Department"},
        settings=DepartmentSettings(on_delete="clear"),
        column="department_id",
        system=True,
    ),
)
"""`id` stands before an object's own fields, the others after them."""
