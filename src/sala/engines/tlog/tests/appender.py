"""A process to be killed: appends from several threads and prints each record that was acknowledged."""

from __future__ import annotations

import os
import sys
import threading

from sala.engines.tlog import Log


def main() -> None:
    """Append until killed; each printed line is `index text` of a record that is on the disk."""
    folder, run = sys.argv[1], sys.argv[2]
    log = Log.open(folder, origin="crash.example", segment_bytes=4096)

    def work(name: int) -> None:
        for number in range(1_000_000):
            text = f"{run}-{name}-{number}" + "x" * (number % 97)
            index = log.append(text.encode())
            os.write(1, f"{index} {text}\n".encode())
            if number % 5 == 4:
                log.checkpoint()

    for name in range(4):
        threading.Thread(target=work, args=(name,)).start()


if __name__ == "__main__":
    main()
