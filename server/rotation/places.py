"""Where a tenant's ciphertexts are stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from metadata.changes.state import State
from server.database.sql import qualified, quote_identifier
from server.notifications.channels.webhook import secret_place as message_secret_place
from server.rules.hooks import hook_place
from server.secrets.vault import Place
from server.webhooks.sending import secret_place

__all__ = ["SealedColumn", "answer_place", "sealed_columns"]

_ENCRYPTED = "encrypted_text"


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of ciphertexts.

    Attributes:
        table: As written in SQL.
        column: As written in SQL.
        place: From a row's id to the place its ciphertext is bound to.
        is_shared: Whether the table holds rows of all tenants.
        id_type: PostgreSQL type of the rows' ids.
        first: An id before all others.
    """

    table: str
    column: str
    place: Callable[[str], Place]
    is_shared: bool = False
    id_type: str = "uuid"
    first: str = "00000000-0000-0000-0000-000000000000"


def sealed_columns(state: State, schema: str) -> list[SealedColumn]:
    """Every column of a tenant that holds ciphertexts; those of removed fields too, until they are purged."""
    fields = [
        item
        for item in state.items.values()
        if item.kind == "field" and item.body.get("type") == _ENCRYPTED and item.physical
    ]
    own = [_column_of(schema, state.items[item.parent_id].physical, item.physical) for item in fields]
    secrets = [
        SealedColumn("tangram.webhook_endpoint", name, secret_place, is_shared=True)
        for name in ("secret", "previous_secret")
    ]
    secrets += [
        SealedColumn("tangram.rule_hook", name, hook_place, is_shared=True) for name in ("secret", "previous_secret")
    ]
    messages = SealedColumn("tangram.notification_preference", "webhook_secret", message_secret_place, is_shared=True)
    answers = SealedColumn(
        "tangram.idempotent_answer", "answer", answer_place, is_shared=True, id_type="bigint", first="0"
    )
    return [*own, *secrets, messages, answers]


def answer_place(row_id: str) -> Place:
    """Where the kept answer of a mutation is stored."""
    return Place("idempotent_answer", "answer", row_id)


def _column_of(schema: str, table: str, column: str) -> SealedColumn:
    return SealedColumn(
        qualified(schema, table), quote_identifier(column), lambda record_id: Place(table, column, record_id)
    )
