"""The conversation engine: pure, with no I/O, no clock and no chance of its own."""
