"""The campaigns: one YAML file each, read and checked."""
