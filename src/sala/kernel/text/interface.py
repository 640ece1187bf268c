"""What other apps may import of text."""

from sala.kernel.text.search import SearchHit

__all__ = ["SearchHit"]
