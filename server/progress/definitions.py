"""What pages are made of, as frozen values; and what the engine that moves matters tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from metadata.flows.values import ProgressPage
from metadata.model.values import Labels

__all__ = ["RATED_KIND", "RATED_OBJECT", "Course", "Courses", "Stage"]

RATED_OBJECT = "progress__link"
"""Name under which ratings stand in the event log; no table of a tenant's is called so."""

RATED_KIND = "rated"


class Stage(Protocol):
    """A stage as customers see it."""

    @property
    def label(self) -> Labels:
        """Its name, by language."""

    @property
    def state(self) -> Literal["done", "current", "next"]:
        """Whether it is over, under way, or to come."""

    @property
    def at(self) -> datetime | None:
        """When it was left, or begun where it is under way."""


class Course(Protocol):
    """How far a matter is, as far as its customer may know."""

    @property
    def instance_id(self) -> str:
        """The instance of a flow."""

    @property
    def flow(self) -> str:
        """Name of the flow."""

    @property
    def page(self) -> ProgressPage:
        """What the page shows."""

    @property
    def table(self) -> str:
        """Physical table of its record."""

    @property
    def record_id(self) -> str:
        """The record."""

    @property
    def stages(self) -> Sequence[Stage]:
        """In order of display."""

    @property
    def is_called_off(self) -> bool:
        """Whether it ended otherwise than by being done."""

    @property
    def may_be_rated(self) -> bool:
        """Whether it has come so far that its customer may rate it."""


class Courses(Protocol):
    """Tells courses; handed in, since engines do not import each other."""

    async def newest(self, connection: Any, tenant_id: str, record_id: str, flow: str | None) -> Course | None:
        """The newest instance for a record whose flow has a page; None where there is none."""

    async def of(self, connection: Any, tenant_id: str, instance_id: str) -> Course | None:
        """The course of an instance; None where its flow has no page, or it is gone."""
