"""From a request for changes to a plan: what would be written, done to tables, lost and refused.

    prepare     edits the state, resolves and checks the new model, finds dependents, computes schema steps,
                and names its questions about the data
    conclude    weighs the answers: data at risk, refusals, what is left to a job

Neither touches a database. The order for callers: `prepare` → answer `draft.questions` → `conclude`.
"""

from __future__ import annotations

from metadata.changes.drafting import Draft, prepare, prepare_state
from metadata.changes.weighing import Plan, Risk, Warned, conclude

__all__ = ["Draft", "Plan", "Risk", "Warned", "conclude", "prepare", "prepare_state"]
