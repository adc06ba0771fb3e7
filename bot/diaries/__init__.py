"""Diaries: calendar files (RFC 5545) as diary programs read and write them."""
