"""How a person's name is shown."""

from __future__ import annotations


def person_name(
    *, title: str = "", given: str = "", middle: str = "", family: str = "", language: str = "th"
) -> str:
    """Return one name: in Thai the title is written together with the given name, in English apart."""
    parts = [part for part in (given.strip(), middle.strip(), family.strip()) if part]
    title = title.strip()
    if not title:
        return " ".join(parts)
    if language == "th" and parts and not title.endswith((".", " ")):
        return " ".join([title + parts[0], *parts[1:]])
    return " ".join([title, *parts])


def in_language(thai: str, english: str, language: str) -> str:
    """Return the text of this language, or the other where it is missing."""
    return (english or thai) if language == "en" else (thai or english)
