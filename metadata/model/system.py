"""What every tenant has undeclared: the system fields of every object, and the objects `user` and `department`."""

from __future__ import annotations

from metadata.fields.base import NoSettings
from metadata.fields.choices import Option, SelectSettings
from metadata.fields.numbers import IntegerSettings
from metadata.fields.relations import DepartmentSettings, RelationSettings, UserSettings
from metadata.fields.text import TextSettings
from metadata.model.values import Field, ObjectType

__all__ = ["SYSTEM_FIELDS", "SYSTEM_OBJECTS"]

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

_NAME_LENGTH = TextSettings(max_length=200)

_USER = ObjectType(
    name="user",
    plural="users",
    label={"zh": "用户", "en": "User"},
    plural_label={"zh": "用户", "en": "Users"},
    description={"zh": "可以登录本租户的账号。", "en": "An account that may sign in to the tenant."},
    icon="user",
    display="name",
    history=False,
    fields=(
        Field(name="name", type="text", label={"zh": "姓名", "en": "Name"}, required=True, settings=_NAME_LENGTH),
        Field(
            name="email",
            type="email",
            label={"zh": "邮箱", "en": "E-mail"},
            required=True,
            unique=True,
            settings=NoSettings(),
        ),
        Field(
            name="status",
            type="select",
            label={"zh": "状态", "en": "Status"},
            required=True,
            settings=SelectSettings(
                options=(
                    Option(key="active", label={"zh": "启用", "en": "Active"}, color="green"),
                    Option(key="disabled", label={"zh": "停用", "en": "Disabled"}, color="gray"),
                )
            ),
        ),
    ),
    table="account",
    storage="platform",
    system=True,
)

_DEPARTMENT = ObjectType(
    name="department",
    plural="departments",
    label={"zh": "部门", "en": "Department"},
    plural_label={"zh": "部门", "en": "Departments"},
    description={"zh": "组织架构中的部门。", "en": "A unit of the organisation."},
    icon="sitemap",
    display="name",
    search=("name", "code"),
    fields=(
        Field(name="name", type="text", label={"zh": "名称", "en": "Name"}, required=True, settings=_NAME_LENGTH),
        Field(
            name="code",
            type="text",
            label={"zh": "编码", "en": "Code"},
            unique=True,
            settings=TextSettings(max_length=64),
        ),
        Field(
            name="parent",
            type="relation",
            label={"zh": "上级部门", "en": "Parent"},
            settings=RelationSettings(
                to="department", inverse="children", inverse_label={"zh": "下级部门", "en": "Children"}
            ),
        ),
        Field(
            name="manager",
            type="user",
            label={"zh": "主管", "en": "Manager"},
            settings=UserSettings(on_delete="clear"),
        ),
    ),
    system=True,
)

SYSTEM_OBJECTS: tuple[ObjectType, ...] = (_USER, _DEPARTMENT)
"""Declared for every tenant before its own objects; resolved like them."""
