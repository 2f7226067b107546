"""The steps applied to answers in Python, with what they need: the vault, the links, the file store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metadata.model.tenant import field_of
from metadata.problems import BadInputError
from server.files.links import FileLinks, Holder
from server.files.store import FileStore, read_chunks
from server.graphql.operations.plans import RunValues
from server.graphql.operations.seen import cursor_step, figure_step, hit_step, note_seen, seen_step
from server.graphql.operations.transforms import Step, apply_transforms, history_step
from server.records.statements import CURSOR, FIGURE, HIT, SEEN, Transform
from server.secrets.vault import Place, Vault

__all__ = ["AnswerSteps", "FileUploads"]


@dataclass(frozen=True)
class AnswerSteps:
    """Applies transforms to answers."""

    vault: Vault
    links: FileLinks

    async def apply(self, data: bytes, transforms: tuple[Transform, ...], run: RunValues) -> bytes:
        """The JSON of a root field with every step applied."""
        return await apply_transforms(data, transforms, run, self._steps)

    @property
    def _steps(self) -> Mapping[str, Step]:
        return {
            "decrypt": self._decrypt,
            "file_url": self._file_url,
            "history": history_step,
            SEEN: seen_step,
            FIGURE: figure_step,
            CURSOR: cursor_step,
            HIT: hit_step,
        }

    async def _decrypt(self, value: Any, transform: Transform, run: RunValues) -> Any:
        if not isinstance(value, list):  # masked: there is nothing to decrypt
            return value
        object_name, field_name = transform.detail
        object_type = run.context.model.object(object_name)
        field = field_of(object_type, field_name)
        assert field is not None
        record_id, ciphertext = value
        place = Place(object_type.table, field.column, record_id)
        note_seen(run, transform.detail, record_id)
        return await self.vault.decrypt(run.context.model.tenant_id, ciphertext, place)

    async def _file_url(self, value: Any, transform: Transform, run: RunValues) -> Any:
        record_id, file_id = value
        object_name, field_name = transform.detail
        holder = Holder(object_name, field_name, record_id)
        actor = run.context.actor
        return self.links.url(run.context.model.tenant_id, file_id, actor.id, key_id=actor.key_id, holder=holder)


@dataclass(frozen=True)
class FileUploads:
    """Stores the files of multipart requests."""

    store_of_files: FileStore
    links: FileLinks

    async def store(self, upload: Any, run: RunValues, connection: Any) -> dict[str, Any]:
        """Keep a file of the request; gives the parts of a `File`.

        Raises:
            BadInputError: The variable is no file of a multipart request.
            LimitError: It is larger than the limit.
        """
        if not hasattr(upload, "read"):
            raise BadInputError.single(
                "no_file",
                "Argument 'file' is no uploaded file.",
                path=("file",),
                hint="Send a multipart request as the GraphQL multipart request specification describes.",
            )
        context = run.context
        stored = await self.store_of_files.save(
            context.model.tenant_id,
            read_chunks(upload),
            name=upload.filename or "file",
            content_type=upload.content_type or "",
            uploaded_by=context.actor.id or None,
            connection=connection,
        )
        return {
            "id": stored.id,
            "name": stored.name,
            "size": stored.size_bytes,
            "contentType": stored.content_type,
            "url": self.links.url(context.model.tenant_id, stored.id, context.actor.id, key_id=context.actor.key_id),
        }
