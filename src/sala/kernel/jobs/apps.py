from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "sala.kernel.jobs"
    label = "jobs"
