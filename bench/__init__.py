"""What Skerry promises about speed, measured side by side with a peer in the same run."""
