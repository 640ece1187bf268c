"""`sala_worker`: runs jobs of all queues until it is asked to end."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from sala.kernel.jobs.worker import run_worker


class Command(BaseCommand):
    help = "Run jobs of all queues until SIGTERM."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=None, help="jobs at the same time")
        parser.add_argument("--until-empty", action="store_true", help="end when no job waits")

    def handle(self, *args: Any, **options: Any) -> None:
        run_worker(concurrency=options["concurrency"], until_empty=options["until_empty"])
