"""Jobs: work that is done after the answer, enqueued in the same transaction as the action that wants it.

Words it owns: *job* (a named function with a queue and a retry policy), *queue*, *worker*, *progress* (a row
that a page shows while a job runs), *failure* (what the operator sees when a job gave up), *upkeep* (standing
work of lower rooms: a tuple `UPKEEP` of `(name, when, function)` in `<app>/upkeep.py`, where `when` is a cron
text in UTC or a number of seconds; the worker finds it by that name, so that lower rooms import nothing).

A job may run more than once when a worker dies, so each is idempotent; `once=True` makes its effects in the
database happen exactly once. Jobs never hold personal data in their arguments (ids only), and this room never
knows what a job is for.
"""
