"""Stored files: sniffing, virus scan, retention."""
