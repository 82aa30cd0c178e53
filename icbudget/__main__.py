"""`python -m icbudget` is the command `icbudget`."""

from icbudget.cli.start import main

if __name__ == "__main__":
    main()
