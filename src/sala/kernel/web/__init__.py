"""The design system and the shell of every page.

Owns the words theme, component, door (an entrance on the home page), home card, shell (header, footer, dock),
search page, living page (/design/) and error page.

Pages extend `web/page.html` (public) or `web/work.html` (signed-in work) and are made of the `<c-…>` components in
`templates/cotton/`; `{{ form }}` comes out in the same look. Higher apps plug in by files that this room finds:
`door.py` (`DOOR`), `home.py` (`cards`), `search.py` (`search`).

It never holds a table, decides who may do what, or knows a product by name; it works with JavaScript off and
under a policy that allows no inline script and no style attribute.
"""
