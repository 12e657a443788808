"""The cell functions."""
