from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "sala.kernel.publishing"
    label = "publishing"

    def ready(self) -> None:
        from sala.kernel.files.interface import declare_purpose
        from sala.kernel.publishing.policy import anyone_may_read
        from sala.kernel.publishing.renditions import PURPOSE

        declare_purpose(PURPOSE, may_read=anyone_may_read)
