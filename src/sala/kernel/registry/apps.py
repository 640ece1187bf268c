from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "sala.kernel.registry"
    label = "registry"

    def ready(self) -> None:
        """Let audit know who is an auditor."""
        from sala.kernel.audit.interface import set_reading_scope
        from sala.kernel.registry.auditing import audit_scope

        set_reading_scope(audit_scope)
