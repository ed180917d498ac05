"""`python -m app.cli`, the same as `cardally`."""

from app.cli import main

main()
