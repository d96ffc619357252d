"""The command line, as `python -m xlsig`."""

from xlsig.cli import main

if __name__ == "__main__":
    main()
