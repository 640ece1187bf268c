from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "sala.kernel.documents"
    label = "documents"

    def ready(self) -> None:
        """Tell the files room who may open issued documents."""
        from sala.kernel.documents.actions import PURPOSE
        from sala.kernel.documents.policy import can_read_pdf
        from sala.kernel.files.interface import declare_purpose

        declare_purpose(PURPOSE, may_read=can_read_pdf)
