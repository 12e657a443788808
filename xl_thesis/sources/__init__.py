"""Where observations come from: one module per provider."""

from __future__ import annotations

from xl_thesis.sources.protocol import Provider


def providers() -> tuple[Provider, ...]:
    """Every provider, in the order in which a refresh asks them."""
    return ()
