"""Tables of rules: published versions, what was considered and done, and what is remembered of a record."""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

__all__ = ["RuleHook", "RuleRun", "RuleState", "RuleVersion"]


class RuleVersion(Model):
    """A rule as it was published; never changed afterwards, but for `current`."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    rule = fields.CharField(max_length=63)
    number = fields.IntField(description="1, 2, 3 … of one rule")
    current = fields.BooleanField(description="it is considered; at most one of a rule")
    definition = fields.TextField(description="the rule as JSON")
    note = fields.CharField(max_length=500, description="why it was published")
    override = fields.CharField(max_length=500, description="why conflicts were accepted")
    published_at = fields.DatetimeField()
    published_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "rule_version"
        unique_together: ClassVar = (("tenant_id", "rule", "number"),)
        indexes: ClassVar = (Index(fields=("tenant_id", "current"), name="rule_version_current"),)


class RuleRun(Model):
    """A rule that was considered for a record: what it did, or why it did nothing."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    rule = fields.CharField(max_length=63)
    number = fields.IntField(description="version of the rule")
    key = fields.CharField(max_length=150, description="names the occasion; a rule is considered once for each")
    event_id = fields.BigIntField(null=True)
    object = fields.CharField(max_length=63, description="physical table of the record")
    record_id = fields.UUIDField()
    at = fields.DatetimeField()
    outcome = fields.CharField(max_length=8, description="fired, not_met, skipped, deferred or failed")
    why = fields.TextField(description="the condition that was not met, the guard, or what went wrong")
    actions: Any = fields.JSONField(description="what was done, in order")
    took_us = fields.BigIntField(description="microseconds")
    depth = fields.IntField(description="events that led here")

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "rule_run"
        unique_together: ClassVar = (("tenant_id", "rule", "key"),)
        indexes: ClassVar = (
            Index(fields=("tenant_id", "object", "record_id", "rule"), name="rule_run_record"),
            Index(fields=("tenant_id", "rule", "outcome", "at"), name="rule_run_outcome"),
        )


class RuleState(Model):
    """What a rule remembers of a record: since when it waits, or that it has fired and is not armed."""

    id = fields.BigIntField(primary_key=True)
    tenant_id = fields.UUIDField()
    rule = fields.CharField(max_length=63)
    record_id = fields.UUIDField()
    armed = fields.BooleanField()
    since = fields.DatetimeField()

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "rule_state"
        unique_together: ClassVar = (("tenant_id", "rule", "record_id"),)


class RuleHook(Model):
    """The secret with which another system signs what it sends to a rule."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    rule = fields.CharField(max_length=63)
    secret = fields.TextField(description="encrypted")
    previous_secret = fields.TextField(description="encrypted; empty for none")
    previous_until = fields.DatetimeField(null=True, description="until when the one before is taken too")
    created_at = fields.DatetimeField()
    created_by = fields.UUIDField(null=True)

    class Meta:
        """Where it is stored."""

        app = "tangram"
        schema = "tangram"
        table = "rule_hook"
        unique_together: ClassVar = (("tenant_id", "rule"),)
