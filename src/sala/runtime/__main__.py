"""`python -m sala.runtime COMMAND`: what `./sala` becomes once the packages are there."""

import sys

from sala.runtime.commandline import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
