"""Pure libraries: no framework, no database, no network; each usable alone."""
