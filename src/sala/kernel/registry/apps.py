from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "sala.kernel.registry"
    label = "registry"
