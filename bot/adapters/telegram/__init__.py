"""Telegram: its Bot API as a platform."""
