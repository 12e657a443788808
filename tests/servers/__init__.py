"""Servers on this machine that answer like the real ones, and that can fail in every way we know of."""
