"""Files: what people and rooms hand in, kept safely and given out only to whom its purpose allows.

Words it owns: *stored file* (name, kind, size, digest, purpose, scan state, retention), *purpose* (why a file is
kept: who may read it, what kinds are taken, how long), *kind* (what a file is by its content, never by its name),
*refusal* (why a file is not taken, in the reader's language), *blob* (bytes under their own SHA-256).

It never trusts a name or a declared type, never opens what it stores beyond what a check needs, never shows a
file in the site's own origin, and gives nothing out for a purpose that no app has declared.
"""
