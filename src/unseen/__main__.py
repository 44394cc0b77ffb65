"""`python -m unseen` is `unseen`."""

from unseen.cli import main

main()
