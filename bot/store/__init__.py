"""The store: one small module for each question the house asks of its database.

A question is a function that takes a connection and answers with records, never with rows.
Whoever asks runs it on the Writer, or within a reading connection of their own.
"""
