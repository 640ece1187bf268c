from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "sala.kernel.audit"
    label = "audit"
