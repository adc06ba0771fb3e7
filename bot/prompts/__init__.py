"""The words of every practice and of the house, by language, and how they are rendered."""
