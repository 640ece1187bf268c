from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResultsConfig(AppConfig):
    name = "sala.products.results"
    label = "results"

    def ready(self) -> None:
        from sala.kernel.files.interface import declare_purpose
        from sala.kernel.registry.interface import Role, services_imported
        from sala.kernel.web.interface import MenuEntry, add_to_menu, shown_to
        from sala.products.results import register  # noqa: F401  (declares its measures)
        from sala.products.results.actions import DATA_KINDS, DATA_PURPOSE
        from sala.products.results.computing import BUNDLE_PURPOSE
        from sala.products.results.following import on_services_imported
        from sala.products.results.policy import makers_may_read

        declare_purpose(DATA_PURPOSE, may_read=makers_may_read, accept=DATA_KINDS)
        declare_purpose(BUNDLE_PURPOSE, may_read=makers_may_read)
        services_imported.connect(on_services_imported, dispatch_uid="results.follow-register")
        makers = shown_to(Role.AWARDING_OFFICE, Role.ADMINISTRATOR, at_operator=True)
        add_to_menu(MenuEntry(_("Make rankings"), "chart-column", "results:work", makers))
