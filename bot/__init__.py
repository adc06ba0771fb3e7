"""Skerry: a chat-bot for reflective practice."""
