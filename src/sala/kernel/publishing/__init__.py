"""Publishing: the port by which any room offers a table as open data.

Words it owns: *offered table* (a permanent code under which versions appear), *published table* (one version: its
columns, its rows as immutable files, its licence and publisher), *rendition* (the same rows as Parquet, CSV, XLSX or
JSON), *column dictionary* (each column's title, description, type and unit).

It never changes a published version, never decides what may be published (the offering room does), and knows nobody
who listens: the catalog and others subscribe to `table_published`.
"""
