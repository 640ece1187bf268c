"""Results: figures become a published ranking that anyone can read, question and recompute.

Words it owns: *ranking* (a permanent address under which versions appear), *version* (one method and one table,
computed, signed and never changed), *unit* (what is ranked: a country, an agency), *grouping* (a ministry, a region, a
kind), *record* (the signed statement of what was computed from what), *bundle* (method, data and manifest in one file
that recomputes the result), *make-up* (the counts behind a unit, such as its services by status).

It reads observations from kernel/measures and hands tables to engines/composite; it never measures by guessing, never
edits a score, and shows nothing that the stored run does not say.
"""
