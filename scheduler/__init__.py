"""Time in Skerry: the calendar's rules and the pulse that follows them."""
