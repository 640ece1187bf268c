"""The doors: what people and agencies come for."""
