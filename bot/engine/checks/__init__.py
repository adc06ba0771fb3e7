"""What `check.py` looks into, one module a subject; pure like the rest of the engine."""
