"""The path of a region in seven phases, for colours and ladders; the exact stages stay beside them."""

from __future__ import annotations

import json

PHASES: dict[str, tuple[str, ...]] = {
    "seleksi": ("seleksi",),
    "mou": ("mou",),
    "bimtek": ("bimtek", "bimtek-1", "bimtek-2", "bimtek-3", "bimtek-4"),
    "masterplan": ("masterplan",),
    # A regency that reviews itself has not been evaluated: the review is part of putting the plan in practice.
    "implementasi": ("implementasi", "evaluasi-internal"),
    "evaluasi": ("evaluasi", "evaluasi-1", "evaluasi-2"),
    "penghargaan": ("penghargaan",),
}
"""Stages of each phase, in the order a region walks them. `lainnya` is no step of the path."""

PHASE_OF_STAGE = {stage: number for number, stages in enumerate(PHASES.values(), 1) for stage in stages}
"""Number of the phase, from 1."""

_TAKEN = """
        when exists (
            select 1
            from events
            where events.regency_code = regencies.code and events.stage_code in ({stages})
            and events.status = 'held' and events.confidence >= 0.5
        ) then {phase}"""

HIGHEST_PHASE = """
select
    code as regency_code,
    case{taken}
    end as phase
from regencies
""".format(
    taken="".join(
        _TAKEN.format(stages=", ".join(f"'{stage}'" for stage in stages), phase=phase)
        for phase, stages in reversed([*enumerate(PHASES.values(), 1)])
    )
)
"""The highest phase that each regency is known to have reached, null where none; steps not sure or only announced do
not count. It asks the index events_regency_stage from the last phase downwards and stops at the first that is there."""

PHASE_PARAMETERS = {"phase_of_stage": json.dumps(PHASE_OF_STAGE)}
