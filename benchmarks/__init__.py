"""Measurements of the course's code beside its peers, and the records of them."""
