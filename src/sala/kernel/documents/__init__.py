"""Documents: official papers as signed PDF/A-3, each with a number, a square code and a page that verifies it.

Words it owns: *template* (a typst file in an app's `templates_typst/`), *issued document* (immutable: number, digest,
canonical data, signature), *kind* (a series with its own numbers by Buddhist year, without gaps), *verification*
(valid, revoked, unknown; an uploaded copy is compared and never kept), *revocation* (with its reason, for ever).

It decides neither who may issue what nor what a document says: the app that issues does. It changes no document
after the fact; a mistake is revoked and issued anew.
"""
