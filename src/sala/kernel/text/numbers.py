"""Numbers as pages write them."""

from __future__ import annotations

from decimal import Decimal


def grouped(value: float | Decimal, places: int | None = None) -> str:
    """Return `1,234,567` or, with `places`, that many decimals: `1,234.50`."""
    if places is not None:
        return f"{value:,.{places}f}"
    return f"{value:,}"


def baht(satang: int, language: str = "th") -> str:
    """Return integer satang as `1,234.50 บาท` or `THB 1,234.50`, exactly."""
    sign = "-" if satang < 0 else ""
    whole, part = divmod(abs(satang), 100)
    amount = f"{sign}{whole:,}.{part:02}"
    return f"{amount} บาท" if language == "th" else f"THB {amount}"
