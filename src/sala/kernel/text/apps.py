from django.apps import AppConfig


class TextConfig(AppConfig):
    name = "sala.kernel.text"
    label = "text"
