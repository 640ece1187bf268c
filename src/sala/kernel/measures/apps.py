from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "sala.kernel.measures"
    label = "measures"
