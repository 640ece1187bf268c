"""What other apps may import from the design system."""

from sala.kernel.web.dates import ThaiDateField, ThaiDateWidget
from sala.kernel.web.door import Audience, Door, HomeCard, HomeFigure, HomeRow
from sala.kernel.web.errors import problem, wants_json
from sala.kernel.web.menu import MenuEntry, add_to_menu, shown_to

__all__ = [
    "Audience",
    "Door",
    "HomeCard",
    "HomeFigure",
    "HomeRow",
    "MenuEntry",
    "ThaiDateField",
    "ThaiDateWidget",
    "add_to_menu",
    "problem",
    "shown_to",
    "wants_json",
]
