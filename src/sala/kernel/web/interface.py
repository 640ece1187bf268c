"""What other apps may import from the design system."""

from sala.kernel.web.door import Audience, Door, HomeCard, HomeFigure, HomeRow

__all__ = ["Audience", "Door", "HomeCard", "HomeFigure", "HomeRow"]
