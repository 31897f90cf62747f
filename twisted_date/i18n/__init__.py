"""Sentences, and their translations."""
