from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "sala.kernel.people"
    label = "people"

    def ready(self) -> None:
        from sala.kernel.people import signals

        signals.connect()

        from sala.kernel.audit.interface import set_names
        from sala.kernel.people.queries import names_of

        set_names(names_of)
