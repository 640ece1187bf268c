from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "sala.kernel.people"
    label = "people"

    def ready(self) -> None:
        from sala.kernel.people import signals

        signals.connect()
