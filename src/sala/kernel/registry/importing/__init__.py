"""Reading tables of others into the registry: a mapping says what each column means, a plan says what would change.

Nothing here writes. `opening` turns bytes into sheets and refuses what is dangerous, `mapping` reads the
mapping file, `reading` applies it cell by cell, `planning` compares with what the registry holds. The one
write is `imports.accept_batch`.
"""
