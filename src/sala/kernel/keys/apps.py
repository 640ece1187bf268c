from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "sala.kernel.keys"
    label = "keys"
