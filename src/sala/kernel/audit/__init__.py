"""Who did what: an append-only record of every action, and the proof that nobody changed it afterwards.

Words it owns: actor (who acts), action code (a dotted, permanent name with its sentence in two languages),
record (one row, written in the action's own transaction), seal (the record's place in the Merkle log),
checkpoint (the signed size and root of that log), bundle (records with proofs that verify without us).

It never decides whether an action is allowed, never changes or deletes a record, keeps no personal data, and
takes no lock that two actions could wait for: one sealer appends finished records to the log afterwards.
"""
