"""python -m tem_virus_dataset: the command `tem-virus`."""

import sys

from tem_virus_dataset.commands.cli import main, parser

__all__ = ["main", "parser"]

if __name__ == "__main__":
    sys.exit(main())
