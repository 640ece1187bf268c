from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "sala.products.results"
    label = "results"
