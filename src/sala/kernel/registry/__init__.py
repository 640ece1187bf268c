"""Organisations, areas, officials and roles."""
