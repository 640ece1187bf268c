from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "sala.kernel.web"
    label = "web"
