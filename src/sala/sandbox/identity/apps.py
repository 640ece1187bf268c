from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "sala.sandbox.identity"
    label = "test_id"
