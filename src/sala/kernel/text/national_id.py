"""The 13-digit national identification number and its check digit."""

from __future__ import annotations


def national_id_check_digit(first_twelve: str) -> int:
    """Return the 13th digit that belongs to twelve digits."""
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(first_twelve))
    return (11 - total % 11) % 10


def national_id_is_valid(digits: str) -> bool:
    """Return whether `digits` is 13 ASCII digits, begins with 1–8 and ends with its check digit."""
    if len(digits) != 13 or not (digits.isascii() and digits.isdigit()) or digits[0] in "09":
        return False
    return national_id_check_digit(digits[:12]) == int(digits[12])


def national_id_grouped(digits: str) -> str:
    """Return 13 digits as they are printed on the card: `1-2345-67890-12-3`."""
    return f"{digits[0]}-{digits[1:5]}-{digits[5:10]}-{digits[10:12]}-{digits[12]}"
