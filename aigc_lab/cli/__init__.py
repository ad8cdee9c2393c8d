"""The command line: `aigc-lab train | sample | compare | attend | export | doctor | lab`."""

from aigc_lab.cli.app import main

__all__ = ["main"]
