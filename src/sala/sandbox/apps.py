from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "sala.sandbox"
    label = "sandbox"
