"""Checkpoints that other programs read too: finding, opening, saving and comparing them."""
