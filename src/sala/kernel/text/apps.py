from django.apps import AppConfig
from django.utils.translation import gettext

from sala.engines.wire.errors import set_translator


class TextConfig(AppConfig):
    name = "sala.kernel.text"
    label = "text"

    def ready(self) -> None:
        """Show the sentences of engines' errors in the reader's language."""
        set_translator(gettext)
