from django.apps import AppConfig


class MailCatcherConfig(AppConfig):
    name = "sala.sandbox.mail"
    label = "sandbox_mail"
