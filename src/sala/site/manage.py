"""Django's own command line over this site: `./sala manage …`."""

import os
import sys


def main(argv: list[str] | None = None) -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sala.site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["sala manage", *(sys.argv[1:] if argv is None else argv)])


if __name__ == "__main__":
    main()
