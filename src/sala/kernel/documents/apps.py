from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "sala.kernel.documents"
    label = "documents"
