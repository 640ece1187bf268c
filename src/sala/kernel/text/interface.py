"""What other apps may import of text."""

from sala.kernel.text.dates import PartialDate, be_year, ce_year, read_thai_date, thai_date, thai_datetime
from sala.kernel.text.names import in_language, person_name
from sala.kernel.text.national_id import national_id_check_digit, national_id_grouped, national_id_is_valid
from sala.kernel.text.normal import arabic_digits, normal, thai_digits
from sala.kernel.text.numbers import baht, grouped
from sala.kernel.text.order import sort_key
from sala.kernel.text.search import SearchHit
from sala.kernel.text.words import search_text, words

__all__ = [
    "PartialDate",
    "SearchHit",
    "arabic_digits",
    "baht",
    "be_year",
    "ce_year",
    "grouped",
    "in_language",
    "national_id_check_digit",
    "national_id_grouped",
    "national_id_is_valid",
    "normal",
    "person_name",
    "read_thai_date",
    "search_text",
    "sort_key",
    "thai_date",
    "thai_datetime",
    "thai_digits",
    "words",
]
