"""Promises about records, watched by the clock."""
