"""Measures: what may go into an anonymous count, as data; and what of a count may be told."""
