"""``python -m chengmai``: the same as the ``chengmai`` command."""

from chengmai.cli import main

main()
