"""Thai as a computer must handle it: words, order, dates, numbers and identity numbers.

Owns the words *sort key* (a text whose code-point order is Thai dictionary order), *search text* (a text cut
into words, so that a search finds Thai), *partial date* (a legal birth date of which only the year, or the
year and month, is known) and *search hit*.

Everything here is pure and works offline. The dictionary of the word splitter is read on first use, not at
start. It never stores anything, never decides who may see what, and knows no other app.
"""
