"""The harvest: what a programme may learn, from releases and from what people chose to share."""
