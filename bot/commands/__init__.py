"""The command line, one file a command; `bot/__main__.py` lists them."""
