"""The entrance of rankings and results."""

from django.utils.translation import gettext_lazy as _

from sala.kernel.web.interface import Door

DOOR = Door(
    code="results",
    title=_("Rankings"),
    sentence=_("How far services and agencies have come, measured and open to the last figure."),
    icon="chart-column",
    url="results:index",
    audience="everyone",
    place=10,
)
