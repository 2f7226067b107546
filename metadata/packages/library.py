"""The templates in a folder, and one of them read from its files.

    <folder>/<template>/manifest.yaml        head, settings, and the names of the objects in order of display
    <folder>/<template>/objects/<name>.yaml  one object type each, as in a metadata document
    <folder>/<template>/<part>.yaml          other collections, as in a metadata document: access.yaml has roles and
                                             policies, flows.yaml has flows; a collection stands in one file
    <folder>/<template>/data/<name>.yaml     sample records of that object type

Files are read again when they change; what was read is kept for the next tenant.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from metadata.model.document import Document, Template, settings_over
from metadata.model.kinds import Kind, top_kinds
from metadata.model.reading import closest, read_document, read_item
from metadata.model.resolve import resolve
from metadata.model.settings import TenantSettings
from metadata.model.tenant import TenantModel
from metadata.model.values import ObjectType
from metadata.model.yaml_text import YamlText, load_yaml
from metadata.naming import NAME_PATTERN
from metadata.problems import Fault, Faults, NotFoundError

__all__ = ["Library", "Package", "Record", "fault_line", "industries_folder", "read_package"]

_MANIFEST = "manifest.yaml"
_MAX_OBJECTS = 300
_MAX_KEPT = 16
_NO_TENANT = "00000000-0000-0000-0000-000000000000"

Record = Mapping[str, Any]
"""One sample record as its file has it."""


@dataclass(frozen=True, slots=True, eq=False)
class Package:
    """A template with everything that it ships.

    Attributes:
        template: What it says of itself.
        document: Its declarations, as a document that a tenant could apply.
        records: Sample records by object name, in the order of their file.
        files: The file that each collection beside the objects stands in.
    """

    template: Template
    document: Document
    records: Mapping[str, tuple[Record, ...]]
    files: Mapping[str, str] = field(default_factory=dict)

    def model(self) -> TenantModel:
        """The model of a tenant that declares this template and nothing else."""
        return resolve(
            self.document.objects,
            tenant_id=_NO_TENANT,
            slug="template",
            version=1,
            settings=settings_over(TenantSettings(), self.document),
            **{kind.collection: getattr(self.document, kind.collection) for kind in _others()},
        )


@dataclass(eq=False)
class Library:
    """The templates in a folder. Reads files: call it from a thread where waiting matters."""

    folder: Path
    _kept: dict[str, tuple[object, Package]] = field(default_factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def names(self) -> tuple[str, ...]:
        """Names of the templates, sorted."""
        if not self.folder.is_dir():
            return ()
        return tuple(sorted(found.parent.name for found in self.folder.glob(f"*/{_MANIFEST}")))

    def list_templates(self) -> tuple[Template, ...]:
        """What each template says of itself; those that cannot be read are left out (`template check` names them)."""
        heads = (_read_head(_load(self.folder / name / _MANIFEST, Faults()), Faults()) for name in self.names())
        return tuple(head.template for head in heads if head is not None and head.template is not None)

    def package(self, name: str) -> Package:
        """One template with everything it ships.

        Raises:
            NotFoundError: There is none of that name.
            BadInputError: It cannot be read; with every fault, each at its file and line.
        """
        folder = self._folder_of(name)
        stamp = _stamp(folder)
        with self._lock:
            known = self._kept.get(name)
            if known is not None and known[0] == stamp:
                return known[1]
            package, faults = read_package(folder)
            faults.raise_if_any()
            assert package is not None
            self._kept.pop(name, None)
            self._kept[name] = (stamp, package)
            while len(self._kept) > _MAX_KEPT:
                self._kept.pop(next(iter(self._kept)))
            return package

    def read(self, name: str) -> tuple[Package | None, Faults]:
        """One template as its author needs it: with its faults, or None and why it cannot be read.

        Raises:
            NotFoundError: There is none of that name.
        """
        return read_package(self._folder_of(name))

    def _folder_of(self, name: str) -> Path:
        # The pattern also keeps a name from leaving the folder.
        if NAME_PATTERN.fullmatch(name) and (self.folder / name / _MANIFEST).is_file():
            return self.folder / name
        raise NotFoundError.single(
            "unknown_template",
            f"There is no template '{name[:80]}'.",
            path=("template",),
            hint=closest(name, self.names()),
        )


def industries_folder() -> Path:
    """Where the templates that come with the server are."""
    return Path(__file__).resolve().parents[2] / "templates" / "industries"


def _others() -> tuple[Kind, ...]:
    """The kinds whose items stand beside the objects."""
    return tuple(kind for kind in top_kinds() if kind.name != "object")


def read_package(folder: Path) -> tuple[Package | None, Faults]:
    """Read a template from its folder.

    Returns:
        The template, or None when it has a fault; and the faults, whose paths begin with the file's.
    """
    faults = Faults()
    manifest = _load(folder / _MANIFEST, faults)
    head = _read_head(manifest, faults)
    names = _object_names(manifest, folder, faults)
    objects = [_read_object(folder, name, faults) for name in names]
    records = {name: _read_records(folder, name, faults) for name in names}
    parts = _read_parts(folder, manifest, faults)
    _refuse_strangers(folder, names, faults)
    if faults or head is None or head.template is None:
        return None, faults
    document = Document(
        template=head.template,
        settings=head.settings,
        objects=tuple(found for found in objects if found is not None),
        **{collection: getattr(document, collection) for collection, (_, document) in parts.items()},
    )
    files = {collection: file for collection, (file, _) in parts.items()}
    samples = {name: found for name, found in records.items() if found}
    return Package(head.template, document, samples, files), faults


def _read_head(manifest: YamlText | None, faults: Faults) -> Document | None:
    if manifest is None:
        return None
    if not isinstance(manifest.value, dict) or "template" not in manifest.value:
        faults.add("no_template", f"{_MANIFEST} has no `template`.", path=(_MANIFEST,), hint="Name it there.")
        return None
    head, found = read_document({key: value for key, value in manifest.value.items() if key != "objects"})
    faults.extend((manifest.placed(fault) for fault in found), _MANIFEST)
    return head


def _read_parts(folder: Path, manifest: YamlText | None, faults: Faults) -> dict[str, tuple[str, Document]]:
    """What stands beside the objects, by collection: its file, and the document there."""
    known = {kind.collection for kind in _others()}
    found: dict[str, tuple[str, Document]] = {}
    for path in _part_files(folder):
        file = path.name
        text = manifest if file == _MANIFEST else _load(path, faults, file)
        if text is None or not isinstance(text.value, dict):
            if text is not None:
                faults.add("not_a_part", f"{file} declares nothing.", path=(file,), hint="Write `flows:` or the like.")
            continue
        if file != _MANIFEST and not text.value.keys() <= known:
            others = ", ".join(sorted(str(key) for key in text.value.keys() - known))
            message = f"{file} declares {others[:200]}."
            faults.add("not_a_part", message, path=(file,), hint=f"It may hold {', '.join(sorted(known))}.")
            continue
        held = {key: value for key, value in text.value.items() if key in known}
        document, wrong = read_document(held)
        if file != _MANIFEST:  # its faults are those of the head
            faults.extend((text.placed(fault) for fault in wrong), file)
        for collection in held:
            if collection in found:
                message = f"'{collection}' stands in {found[collection][0]} and in {file}."
                faults.add("duplicate_part", message, path=(file, collection), hint="Write them in one file.")
            elif document is not None:
                found[collection] = (file, document)
    return found


def _part_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"), key=lambda path: (path.name != _MANIFEST, path.name))


def _object_names(manifest: YamlText | None, folder: Path, faults: Faults) -> list[str]:
    """Names of the objects in order of display, as far as they are sound."""
    value = manifest.value.get("objects") if manifest and isinstance(manifest.value, dict) else None
    if not isinstance(value, list) or not value or len(value) > _MAX_OBJECTS:
        if manifest is not None:
            message = f"`objects` lists the names of 1 to {_MAX_OBJECTS} object types in order of display."
            faults.add("bad_objects", message, path=(_MANIFEST, "objects"))
        return []
    names: list[str] = []
    for index, name in enumerate(value):
        path = (_MANIFEST, "objects", index)
        if not isinstance(name, str) or not NAME_PATTERN.fullmatch(name):
            faults.add("bad_name", f"{str(name)[:80]!r} is not the name of an object type.", path=path)
        elif name in names:
            faults.add("duplicate_name", f"The object type '{name}' is listed twice.", path=path)
        elif not (folder / "objects" / f"{name}.yaml").is_file():
            message = f"There is no file objects/{name}.yaml."
            faults.add("missing_file", message, path=path, hint="Write it, or take the name off the list.")
        else:
            names.append(name)
    return names


def _read_object(folder: Path, name: str, faults: Faults) -> ObjectType | None:
    file = f"objects/{name}.yaml"
    text = _load(folder / file, faults, file)
    if text is None:
        return None
    value, found = read_item("object", text.value)
    faults.extend((text.placed(fault) for fault in found), file)
    if isinstance(value, ObjectType) and value.name != name:
        faults.add(
            "name_of_file",
            f"{file} declares '{value.name}'.",
            path=(file, "name"),
            hint="Name the file like its object.",
        )
    return value if isinstance(value, ObjectType) else None


def _read_records(folder: Path, name: str, faults: Faults) -> tuple[Record, ...]:
    file = f"data/{name}.yaml"
    if not (folder / file).is_file():
        return ()
    text = _load(folder / file, faults, file)
    if text is None:
        return ()
    if not isinstance(text.value, list) or not all(isinstance(record, dict) for record in text.value):
        faults.add(
            "bad_records", f"{file} is not a list of records.", path=(file,), hint="Write `- {ref: …, …}` lines."
        )
        return ()
    return tuple(text.value)


def _refuse_strangers(folder: Path, names: list[str], faults: Faults) -> None:
    """Files that nothing reads are mistakes: a misspelt name would be lost silently."""
    for part in ("objects", "data"):
        for path in sorted((folder / part).glob("*")):
            if path.suffix != ".yaml" or path.stem not in names:
                message = f"{part}/{path.name} belongs to no object type of {_MANIFEST}."
                faults.add("unused_file", message, path=(f"{part}/{path.name}",), hint="List its object, or remove it.")


def _load(path: Path, faults: Faults, shown: str = _MANIFEST) -> YamlText | None:
    try:
        text = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        faults.add("unreadable_file", f"{shown} cannot be read: {type(error).__name__}.", path=(shown,))
        return None
    faults.extend(text.faults, shown)
    return None if text.faults else text


def _stamp(folder: Path) -> object:
    """Differs when a file of the template was changed, added or removed."""
    files = [*_part_files(folder), *folder.glob("objects/*"), *folder.glob("data/*")]
    return tuple(sorted((str(path), stat.st_mtime_ns, stat.st_size) for path in files for stat in (path.stat(),)))


def fault_line(fault: Fault) -> str:
    """One fault as a line for a terminal: where, what, and the cure."""
    place = ".".join(map(str, fault.path))
    return f"{place}: {fault.message}{' ' + fault.hint if fault.hint else ''}"
