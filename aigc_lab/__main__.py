"""`python -m aigc_lab` is the command line by another name."""

from aigc_lab.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
