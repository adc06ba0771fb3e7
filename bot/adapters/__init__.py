"""The platforms: each adapter maps one to the records of the house; they share only their port."""
