"""Jobs at sites, reported on by a form: rules by condition and stage, pictures, places, codes, lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tests.fixtures.tenants import Person, Tenant

OBJECTS = """
- name: site
  plural: sites
  display: name
  fields:
    - {name: name, type: text, required: true, label: {zh: 场地, en: Site}}
    - {name: code, type: text, unique: true}
    - {name: place, type: geo_point}
- name: job
  plural: jobs
  display: title
  fields:
    - {name: title, type: text, required: true, label: {zh: 标题, en: Title}, settings: {max_length: 40}}
    - name: kind
      type: select
      default: repair
      settings: {options: [{key: repair, label: {zh: 维修, en: Repair}}, {key: check, label: {zh: 巡检, en: Check}}]}
    - {name: status, type: select, default: open, settings: {options: [{key: open}, {key: done}]}}
    - {name: channel, type: text}
    - {name: fault, type: text}
    - {name: hours, type: integer, settings: {min: 0, max: 99}}
    - {name: price, type: money}
    - {name: remark, type: long_text}
    - {name: signed, type: image}
    - {name: at, type: geo_point}
    - {name: scanned, type: text}
    - {name: secret, type: encrypted_text}
    - {name: site, type: relation, settings: {to: site, inverse: jobs}}
    - {name: part_count, type: rollup, settings: {relation: parts, function: count}}
- name: part
  plural: parts
  fields:
    - {name: job, type: relation, required: true, settings: {to: job, inverse: parts, on_delete: cascade}}
    - {name: label, type: text, required: true}
    - {name: quantity, type: integer, default: 1, settings: {min: 1}}
    - {name: serial, type: text}
- name: job_photo
  plural: job_photos
  fields:
    - {name: job, type: relation, required: true, settings: {to: job, inverse: photos, on_delete: cascade}}
    - {name: picture, type: image, required: true, settings: {max_size_bytes: 100000}}
"""

REPORT = """
- {name: title, field: title, access: required}
- {name: kind, field: kind}
- {name: fault, field: fault, access: hidden, rules: [{when: 'kind == "repair"', access: required}]}
- {name: hours, field: hours, default: '=kind == "repair" ? 2 : 1'}
- {name: status, field: status, access: read}
"""

Report = list[Mapping[str, Any]]


@dataclass(frozen=True)
class Workshop:
    """A tenant that has jobs, and what is done with its forms."""

    tenant: Tenant

    async def declare(self, document: Mapping[str, Any]) -> None:
        await self.tenant.data(
            "mutation($document: JSON!) { applyMetadata(document: $document) { version } }",
            {"document": document},
            path="/metadata",
        )

    async def open(self) -> Workshop:
        await self.declare({"objects": yaml.safe_load(OBJECTS)})
        return self

    async def form(self, fields: str, *, name: str = "report", live: bool = True, **more: Any) -> None:
        """Declare a form for jobs."""
        form = {"name": name, "object": "job", "live": live, "fields": yaml.safe_load(fields), **more}
        await self.declare({"forms": [form]})

    async def submit(self, values: Any, *, person: Person | None = None, **given: Any) -> dict[str, Any]:
        """Fill a form in that lets itself be filled in."""
        reply = await self.try_submit(values, person=person, **given)
        done: dict[str, Any] = reply.data["done"]
        return done

    async def try_submit(self, values: Any, *, person: Person | None = None, **given: Any) -> Any:
        given = {"form": "report", **given} if "task" not in given else given
        types = {"form": "String", "version": "Int", "outcome": "String", "key": "String"}
        declared = "".join(f", ${name}: {types.get(name, 'ID')}" for name in given)
        passed = "".join(f", {name}: ${name}" for name in given)
        return await self.tenant.graphql(
            f"mutation($values: JSON!{declared}) {{ done: submitForm(values: $values{passed})"
            " { id form version object record instance } }",
            {"values": values, **given},
            person=person,
        )

    async def describe(self, *, person: Person | None = None, **given: Any) -> dict[str, Any]:
        given = {"form": "report", **given} if "task" not in given else given
        declared = ", ".join(f"${name}: {'String' if name == 'form' else 'ID'}" for name in given)
        passed = ", ".join(f"{name}: ${name}" for name in given)
        data = await self.tenant.data(f"query({declared}) {{ found: formDescription({passed}) }}", given, person=person)
        found: dict[str, Any] = data["found"]
        return found

    async def job(self, record: str, selection: str) -> dict[str, Any]:
        data = await self.tenant.data(f"query($id: ID!) {{ job(id: $id) {{ {selection} }} }}", {"id": record})
        found: dict[str, Any] = data["job"]
        return found


def field_named(description: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A field of a description."""
    found: dict[str, Any] = next(one for one in description["fields"] if one["key"] == key)
    return found
