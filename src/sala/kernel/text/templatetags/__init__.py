"""Template filters of Thai dates and numbers: `{% load thai %}`."""
