"""What other apps may import of measures.

LINKED = declare_measure("services.linked-share", 1, title_th=…, title_en=…, unit="percent", …)
record_observations(measure=LINKED, window=(day, day), observations=[Reading(org.pk, 62.5, {…})],
                    source="register 3 May 2026", actor=actor)
for row in observations("services.linked-share"): row.organisation, row.value, row.raw
"""

from sala.kernel.measures.actions import Reading, Recorded, record_observations
from sala.kernel.measures.declared import DeclaredMeasure, declare_measure
from sala.kernel.measures.distribution import distribution, quantile
from sala.kernel.measures.models import Measure, Observation
from sala.kernel.measures.queries import (
    common_window,
    latest_window,
    measure_by_code,
    measures,
    observations,
    of_organisation,
    windows,
)

__all__ = [
    "DeclaredMeasure",
    "Measure",
    "Observation",
    "Reading",
    "Recorded",
    "common_window",
    "declare_measure",
    "distribution",
    "latest_window",
    "measure_by_code",
    "measures",
    "observations",
    "of_organisation",
    "quantile",
    "record_observations",
    "windows",
]
