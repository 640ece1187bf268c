"""Creates the organisation that runs an empty installation, and invites its first administrator."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sala.engines.wire.errors import DomainError
from sala.kernel.audit.interface import COMMAND
from sala.kernel.registry.actions import create_organisation, set_operator
from sala.kernel.registry.invitations import invite
from sala.kernel.registry.models import Kind, Organisation, Role
from sala.kernel.registry.queries import operator


class Command(BaseCommand):
    """Create the operator and print the address by which its first administrator comes in."""

    help = "Create the organisation that runs this installation and invite its first administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", default="operator", help="Short permanent code of the organisation.")
        parser.add_argument("--name-th", required=True, help="Its Thai name.")
        parser.add_argument("--name-en", default="", help="Its English name.")
        parser.add_argument("--kind", default=Kind.PUBLIC_ORGANISATION, choices=[kind.value for kind in Kind])
        parser.add_argument("--email", required=True, help="Address of the first administrator.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            present = operator()
            if present is not None and present.code != options["code"]:
                raise CommandError(f"This installation is already run by {present.code}.")
            organisation = (
                present
                or Organisation.objects.filter(code=options["code"]).first()
                or create_organisation(
                    code=options["code"],
                    kind=options["kind"],
                    name_th=options["name_th"],
                    name_en=options["name_en"],
                    actor=COMMAND,
                )
            )
            set_operator(organisation, actor=COMMAND)
            roles = [Role.ADMINISTRATOR, Role.AWARDING_OFFICE]
            _, address = invite(organisation=organisation, email=options["email"], roles=roles, actor=COMMAND)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{organisation.code} runs this installation. Open within seven days:\n{address}")
