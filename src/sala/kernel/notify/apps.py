from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "sala.kernel.notify"
    label = "notify"
