from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "sala.kernel.publishing"
    label = "publishing"
