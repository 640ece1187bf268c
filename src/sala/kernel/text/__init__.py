"""Thai words, sort keys and dates."""
