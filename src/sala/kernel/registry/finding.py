"""Finding organisations by words: what contains them first, and only when nothing does, what is spelt alike."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import CharField, F, FloatField, Func, Q, QuerySet, Value
from django.db.models.functions import Greatest, Length

from sala.kernel.registry.models import Kind, Organisation
from sala.kernel.text.interface import arabic_digits, normal, search_text

ALIKE = 0.5
"""From which word similarity (pg_trgm, 0 to 1) on a name counts as meant."""
MOST_ALIKE = 200
_KINDS_BY_PREFIX = (
    ("องค์การบริหารส่วนจังหวัด", Kind.PAO),
    ("องค์การบริหารส่วนตำบล", Kind.TAO),
    ("เทศบาลนคร", Kind.CITY),
    ("เทศบาลเมือง", Kind.TOWN),
    ("เทศบาลตำบล", Kind.SUBDISTRICT),
    ("อบจ", Kind.PAO),
    ("อบต", Kind.TAO),
    ("ทน.", Kind.CITY),
    ("ทม.", Kind.TOWN),
    ("ทต.", Kind.SUBDISTRICT),
)


class WordSimilarity(Func):
    """pg_trgm's `word_similarity(needle, haystack)`: 0 to 1, tolerant of typing errors."""

    function = "word_similarity"
    output_field = FloatField()


def _kind_and_rest(text: str) -> tuple[Kind | None, str]:
    """Part the words that name a kind of local government, long or abbreviated, from the name itself."""
    for prefix, kind in _KINDS_BY_PREFIX:
        rest = text.removeprefix(prefix).lstrip(". ")
        if rest != text and rest:
            return kind, rest
    return None, text


def search_organisations(found: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Narrow `found` to what `text` may mean, best first, each with a `score`; asks the database at once."""
    kind, rest = _kind_and_rest(normal(arabic_digits(text))[:120].casefold())
    compact = rest.replace(" ", "")
    if not compact:
        return found
    if kind is not None:
        found = found.filter(kind=kind)
    words = search_text(rest).split()
    contains = Q(search_text__contains=compact)
    if words:
        every = Q()
        for word in words:
            every &= Q(search_text__contains=word)
        contains |= every
    exact = found.filter(contains | Q(code__iexact=compact)).annotate(score=Value(0.95, FloatField()))
    if exact.exists():
        return exact.order_by(Length("name_th"), "sort_key", "id")
    return _alike(found, compact, " ".join(words))


def _alike(found: QuerySet[Organisation], compact: str, spaced: str) -> QuerySet[Organisation]:
    needles = [compact, spaced] if spaced and spaced != compact else [compact]
    alike = " OR ".join("%s <%% search_text" for _ in needles)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
        cursor.execute(
            f"SELECT id FROM registry_organisation WHERE {alike}"  # noqa: S608 - the parts are our own
            " ORDER BY word_similarity(%s, search_text) DESC LIMIT %s",
            [*needles, needles[0], MOST_ALIKE],
        )
        ids = [row[0] for row in cursor.fetchall()]
    scores = [WordSimilarity(Value(needle, CharField()), F("search_text")) for needle in needles]
    score = Greatest(*scores) if len(scores) > 1 else scores[0]
    return found.filter(pk__in=ids).annotate(score=score).order_by("-score", "sort_key", "id")
