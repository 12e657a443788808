"""Workbooks: files for people who have no Python."""
