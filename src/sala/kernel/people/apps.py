from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "sala.kernel.people"
    label = "people"
