"""Measures: what was observed of an organisation, kept as it was seen.

Words it owns: *measure* (a code and a version with its title, definition, unit and direction), *observation*
(measure, organisation, window, value and the raw reading behind it), *recording* (one delivery of observations:
from where, by whom, when), *current* (the newest observation of a measure, an organisation and a window).

It never changes or deletes an observation: a correction is a new row that supersedes. It never judges, weighs or
ranks, and it knows no product: every product declares its own measures and writes its own observations.
"""
