"""A port by which any app offers a table as open data."""
