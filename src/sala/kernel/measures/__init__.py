"""Observations: measured, not claimed."""
