"""Published rankings and results."""
