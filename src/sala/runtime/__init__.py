"""`./sala`: one command that opens the whole platform on one machine, and the commands that keep it well.

Words: an *installation* is one checkout with its folder `var/` (data) and `build/` (compiled files); the
*data server* is its PostgreSQL; a *child* is a process that `up` started and therefore stops; a *stamp* is
the hash of what a finished step read, so that an unchanged step is skipped; *first data* is what every
installation needs before the first page.

The modules that run before the packages are installed (`places`, `console`, `stamps`, `install`,
`postgres`, `doctor`, `commandline`) use the standard library only.

Never here: a rule of the domain, a page, a table. The runtime starts other parts, it decides nothing for them.
"""
