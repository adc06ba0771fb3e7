"""The practices: one YAML file each, loaded, checked, pinned and drawn."""
