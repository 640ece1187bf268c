"""The design system and the shell of every page."""
