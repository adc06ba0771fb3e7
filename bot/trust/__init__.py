"""Trust: the keys that seal people's words, and where they are kept."""
