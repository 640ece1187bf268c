"""Texts in two languages: each app's English source strings, and the Thai beside them.

`python -m sala.runtime.messages update [FOLDER …]` adds new strings to the app's Thai catalogue and drops
unused ones; `compile` writes the binary catalogues that Django reads; `check` fails where a string has no Thai,
where its places (`%(name)s`) differ, or where a catalogue is out of date. Babel reads and writes the files, so no
gettext tools are needed on the machine.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[1]
LANGUAGE = "th"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    # An error's sentence is translated where it is shown, so engines mark it without knowing the framework.
    "marked": None,
}
PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


def rooms() -> list[Path]:
    """Return every folder that keeps its own texts: each app and each engine."""
    found = {path.parent for path in SOURCE.rglob("apps.py")}
    found |= {
        path for path in (SOURCE / "engines").iterdir() if path.is_dir() and (path / "__init__.py").exists()
    }
    found |= {SOURCE / "site", SOURCE / "runtime"}
    return sorted(found)


def _belongs(path: Path, room: Path, others: list[Path]) -> bool:
    """Whether a file is the room's own and not of a room inside it."""
    return not any(other != room and room in other.parents and other in path.parents for other in others)


def _strings(room: Path) -> Iterator[tuple[str | tuple[str, ...], str | None, list[str]]]:
    """Yield each source string of a room with its context and translators' comments."""
    others = rooms()
    for path in sorted(room.rglob("*")):
        relative = path.relative_to(room).parts
        if not path.is_file() or {"tests", "migrations", "static", "locale"} & set(relative):
            continue
        if not _belongs(path, room, others):
            continue
        if path.suffix == ".py":
            content = path.read_text(encoding="utf-8")
        elif path.suffix in {".html", ".txt"} and "templates" in relative:
            # The indentation of a page means nothing to Python, whose tokenizer reads what templatize wrote.
            written = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            content = "\n".join(line.lstrip() for line in written.splitlines())
        else:
            continue
        found = extract(
            "python", io.BytesIO(content.encode()), keywords=KEYWORDS, comment_tags=("Translators:",)
        )
        for _line, message, comments, context in found:
            if message and (not isinstance(message, tuple) or message[0]):
                yield message, context, comments


def _template(room: Path) -> Catalog:
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for message, context, comments in _strings(room):
        python_format = "%(" in (message if isinstance(message, str) else message[0])
        catalog.add(
            message,
            context=context,
            auto_comments=comments,
            flags=["python-format"] if python_format else [],
        )
    return catalog


def _po(room: Path) -> Path:
    return room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def _existing(room: Path) -> Catalog:
    path = _po(room)
    if not path.exists():
        return Catalog(locale=LANGUAGE, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, charset="utf-8")


# Without dates or names, so that an unchanged catalogue stays the same bytes.
HEADER = b"""\
# Thai texts. The source strings are English.
msgid ""
msgstr ""
"Language: th\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def update(room: Path) -> int:
    """Bring a room's Thai catalogue up to its sources; return how many strings still lack Thai."""
    template = _template(room)
    old = _existing(room)
    if not len(template) and not _po(room).exists():
        return 0
    fresh = Catalog(locale=LANGUAGE, charset="utf-8", fuzzy=False)
    missing = 0
    for message in template:
        if not message.id:
            continue
        known = old.get(message.id, message.context)
        string = known.string if known else ""
        if isinstance(string, tuple | list):
            string = tuple(string[:1])
        if isinstance(message.id, tuple | list) and isinstance(string, str):
            string = (string,)
        missing += not _filled(string)
        fresh.add(
            message.id,
            string,
            context=message.context,
            flags=message.flags,
            auto_comments=message.auto_comments,
        )
    path = _po(room)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(
        buffer, fresh, width=110, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True
    )
    content = HEADER + buffer.getvalue()
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)
    return missing


def _filled(string: object) -> bool:
    if isinstance(string, tuple | list):
        return bool(string) and all(string)
    return bool(string)


def _places(text: str) -> set[str]:
    return {first or second for first, second in PLACE.findall(text)}


def compile_all(*, quiet: bool = False) -> int:
    """Write each room's binary catalogue where it is older than its source; return how many were written."""
    written = 0
    for room in rooms():
        source = _po(room)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=LANGUAGE, charset="utf-8")
        buffer = io.BytesIO()
        write_mo(buffer, catalog)
        # Another process may read the old file at this moment: replace it in one step.
        partial = target.with_suffix(".mo.new")
        partial.write_bytes(buffer.getvalue())
        partial.replace(target)
        written += 1
    if not quiet:
        print(f"texts: {written} catalogues compiled")
    return written


def _faults(room: Path) -> Iterator[str]:
    template = _template(room)
    known = _existing(room)
    name = str(room.relative_to(SOURCE.parent))
    for message in template:
        if not message.id:
            continue
        translated = known.get(message.id, message.context)
        yield from _fault(name, message, translated)
    sources = {(m.id if isinstance(m.id, str) else tuple(m.id), m.context) for m in template if m.id}
    for message in known:
        if (
            message.id
            and ((message.id if isinstance(message.id, str) else tuple(message.id)), message.context)
            not in sources
        ):
            yield f"{name}: {message.id!r} is in the catalogue but no longer in the sources"


def _fault(name: str, message: Message, translated: Message | None) -> Iterator[str]:
    if translated is None or not _filled(translated.string):
        yield f"{name}: no Thai for {message.id!r}"
        return
    if translated.fuzzy:
        yield f"{name}: the Thai of {message.id!r} is marked fuzzy"
    identifiers = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = [translated.string] if isinstance(translated.string, str) else list(translated.string or ())
    wanted = set().union(*(_places(text) for text in identifiers))
    for string in strings:
        # A plural may leave out the number where Thai says it otherwise, but may not invent a place.
        if not _places(string) <= wanted or (len(identifiers) == 1 and _places(string) != wanted):
            yield f"{name}: the places of {message.id!r} differ in the Thai {string!r}"


def check() -> list[str]:
    """Return every fault of every room, empty when both languages are complete."""
    return [fault for room in rooms() for fault in _faults(room)]


def main(argv: list[str]) -> int:
    """Run `update`, `compile` or `check`."""
    if not settings.configured:
        settings.configure()  # templatize asks for nothing else
    command, *folders = argv or ["check"]
    if command == "compile":
        compile_all()
        return 0
    if command == "update":
        for room in [Path(folder).resolve() for folder in folders] or rooms():
            missing = update(room)
            if missing:
                print(f"{room.relative_to(SOURCE.parent)}: {missing} strings without Thai")
        return 0
    if command == "check":
        faults = check()
        for fault in faults:
            print(fault)
        return 1 if faults else 0
    print("messages: update [FOLDER …] | compile | check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
