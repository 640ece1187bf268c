from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "sala.kernel.files"
    label = "files"
