"""The organisation, which every tenant has undeclared: users, departments, posts, teams and regions.

They are object types like any other: queried, filtered and written by the API. A tenant adds fields to one of them,
or says more of a field that it has, by declaring it again under its name; `metadata.model.resolve` puts both together.
Users come and go with accounts, which are kept apart in a platform table with what signing in needs.
"""

from __future__ import annotations

import msgspec

from metadata.fields.base import NoSettings
from metadata.fields.choices import Option, SelectSettings, TagsSettings
from metadata.fields.relations import RelationSettings, UserSettings
from metadata.fields.text import TextSettings
from metadata.model.values import Field, Labels, ObjectType, ValidationRule

__all__ = ["ORGANISATION", "SYSTEM_OBJECTS"]

_NAME_LENGTH = TextSettings(max_length=200)
_CODE_LENGTH = TextSettings(max_length=64)


def _name() -> Field:
    return Field(name="name", type="text", label={"zh": "名称", "en": "Name"}, required=True, settings=_NAME_LENGTH)


def _code() -> Field:
    return Field(name="code", type="text", label={"zh": "编码", "en": "Code"}, unique=True, settings=_CODE_LENGTH)


def _path() -> Field:
    return Field(
        name="path",
        type="path",
        label={"zh": "层级路径", "en": "Path"},
        description={
            "zh": "自上而下各级的编号，由服务器维护。",
            "en": "Ids of the records above and of this one, from the top, kept by the server.",
        },
        indexed=True,
        read_only=True,
        settings=NoSettings(),
    )


def _user(name: str, label: Labels, inverse: str = "", inverse_label: Labels | None = None) -> Field:
    settings = UserSettings(inverse=inverse, inverse_label=inverse_label or {}, on_delete="clear")
    return Field(name=name, type="user", label=label, settings=settings)


def _to(name: str, label: Labels, settings: RelationSettings) -> Field:
    return Field(name=name, type="relation", label=label, settings=settings)


_USER = ObjectType(
    name="user",
    plural="users",
    label={"zh": "用户", "en": "User"},
    plural_label={"zh": "用户", "en": "Users"},
    description={
        "zh": "可以登录本租户的人或程序；账号由管理员在 /metadata 建立和停用。",
        "en": "A person or program that may sign in to the tenant; accounts are made and disabled by /metadata.",
    },
    icon="user",
    display="name",
    fields=(
        Field(
            name="name",
            type="text",
            label={"zh": "姓名", "en": "Name"},
            required=True,
            read_only=True,
            settings=_NAME_LENGTH,
        ),
        Field(
            name="email",
            type="email",
            label={"zh": "邮箱", "en": "E-mail"},
            required=True,
            unique=True,
            read_only=True,
            settings=NoSettings(),
        ),
        Field(
            name="status",
            type="select",
            label={"zh": "状态", "en": "Status"},
            required=True,
            read_only=True,
            settings=SelectSettings(
                options=(
                    Option(key="active", label={"zh": "启用", "en": "Active"}, color="green"),
                    Option(key="disabled", label={"zh": "停用", "en": "Disabled"}, color="gray"),
                )
            ),
        ),
        Field(
            name="roles",
            type="tags",
            label={"zh": "角色", "en": "Roles"},
            description={
                "zh": "账号本身的角色；岗位和限时授予的角色另计。",
                "en": "Roles of the account itself; those of posts and those given for a time come on top.",
            },
            read_only=True,
            settings=TagsSettings(),
        ),
        _user("superior", {"zh": "上级", "en": "Superior"}, "subordinates", {"zh": "下属", "en": "Subordinates"}),
        _path(),
        _to(
            "region",
            {"zh": "所属区域", "en": "Region"},
            RelationSettings(to="region", inverse="users", inverse_label={"zh": "人员", "en": "People"}),
        ),
        _to("main_post", {"zh": "主岗位", "en": "Main post"}, RelationSettings(to="post", on_delete="clear")),
    ),
    storage="mirror",
    tree="superior",
    keeps=("paths", "held_roles"),
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
        _name(),
        _code(),
        _to(
            "parent",
            {"zh": "上级部门", "en": "Parent"},
            RelationSettings(to="department", inverse="children", inverse_label={"zh": "下级部门", "en": "Children"}),
        ),
        _user("manager", {"zh": "主管", "en": "Manager"}),
        _path(),
    ),
    tree="parent",
    keeps=("paths",),
)

_REGION = ObjectType(
    name="region",
    plural="regions",
    label={"zh": "区域", "en": "Region"},
    plural_label={"zh": "区域", "en": "Regions"},
    description={"zh": "可分级的业务区域。", "en": "A territory of the business; regions nest."},
    icon="map",
    display="name",
    search=("name", "code"),
    fields=(
        _name(),
        _code(),
        _to(
            "parent",
            {"zh": "上级区域", "en": "Parent"},
            RelationSettings(to="region", inverse="children", inverse_label={"zh": "下级区域", "en": "Children"}),
        ),
        _user("manager", {"zh": "负责人", "en": "Manager"}),
        _path(),
    ),
    tree="parent",
    keeps=("paths",),
)

_TEAM = ObjectType(
    name="team",
    plural="teams",
    label={"zh": "团队", "en": "Team"},
    plural_label={"zh": "团队", "en": "Teams"},
    description={
        "zh": "一起工作的人，不受部门限制。",
        "en": "People who work together, whatever departments they are in.",
    },
    icon="users",
    display="name",
    search=("name", "code"),
    fields=(
        _name(),
        _code(),
        _user("leader", {"zh": "组长", "en": "Leader"}),
        _to(
            "members",
            {"zh": "成员", "en": "Members"},
            RelationSettings(to="user", many=True, inverse="teams", inverse_label={"zh": "团队", "en": "Teams"}),
        ),
    ),
)

_POST = ObjectType(
    name="post",
    plural="posts",
    label={"zh": "岗位", "en": "Post"},
    plural_label={"zh": "岗位", "en": "Posts"},
    description={
        "zh": "部门中的岗位；任职期间拥有岗位的角色。",
        "en": "A position in a department; who holds it holds its roles, for as long as that.",
    },
    icon="briefcase",
    display="name",
    search=("name", "code"),
    fields=(
        _name(),
        _code(),
        Field(
            name="roles",
            type="tags",
            label={"zh": "角色", "en": "Roles"},
            description={"zh": "任职者拥有的角色。", "en": "Roles of those who hold it, by their names."},
            settings=TagsSettings(),
        ),
        _to(
            "holders",
            {"zh": "任职者", "en": "Holders"},
            RelationSettings(to="user", many=True, inverse="posts", inverse_label={"zh": "岗位", "en": "Posts"}),
        ),
    ),
    validations=(
        ValidationRule(
            name="no_reserved_roles",
            rule='!("administrator" in roles) && !("platform_administrator" in roles)',
            message={
                "zh": "管理员角色只能授予账号，不能随岗位授予。",
                "en": "The administrator's role is given to accounts alone, not by a post.",
            },
            field="roles",
            provided=True,
        ),
    ),
    keeps=("held_roles",),
)


def _provided(found: ObjectType) -> ObjectType:
    fields = tuple(msgspec.structs.replace(field, provided=True) for field in found.fields)
    return msgspec.structs.replace(found, fields=fields, table=found.name, system=True)


SYSTEM_OBJECTS: tuple[ObjectType, ...] = tuple(map(_provided, (_USER, _DEPARTMENT, _REGION, _TEAM, _POST)))
"""There in every tenant; resolved with what the tenant declares."""

ORGANISATION = frozenset(found.name for found in SYSTEM_OBJECTS)
"""Their names. Who stands where decides what they may see, so a right on every object type does not include writing
these: it has to name them."""
