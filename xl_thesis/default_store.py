"""The user's own store: opened where the settings say, with this edition of the embedded data in it."""

from __future__ import annotations

import sys

from xl_thesis.days import today
from xl_thesis.settings import is_default_store, store_location
from xl_thesis.sources import embedded
from xl_thesis.store import Store, open_store
from xl_thesis.store.editions import add_edition


def open_default_store() -> Store:
    """The user's store, seeded at first use, which is told of where the user set its place, and after an upgrade."""
    store = open_store(store_location(), is_default=is_default_store())
    try:
        is_new = store.get("embedded") is None and store.engine.can_write() and not is_default_store()
        seed(store)
        if is_new:
            print(f"xl-thesis: made a new store at {store.engine.where}", file=sys.stderr)  # noqa: T201 - as a store does
    except BaseException:  # whatever it was, it is let go and goes on up
        store.close()
        raise
    return store


def seed(store: Store) -> None:
    """Add the embedded data where the store does not have this edition of them yet.

    A team's store may have had several: each is added once, and a later one changes nothing that was known before.
    Who may only read leaves that to the one who refreshes.
    """
    package = embedded.read_package()
    edition = f"embedded {package.fingerprint}"
    if store.get("embedded") == package.fingerprint or store.get(edition) or not store.engine.can_write():
        return
    vintage_true = {
        resource["series"]["id"] for resource in package.resources if resource.get("series", {}).get("vintages_since")
    }
    notes, source = {"embedded": package.fingerprint, edition: package.version}, f"embedded {package.version}"
    if store.get("embedded") is None:
        store.write(embedded.rows(), source=source, vintage_true=vintage_true.__contains__, notes=notes)
    else:
        add_edition(store, embedded.rows(), seen_on=today(), source=source, vintage_true=vintage_true)
        store.note(notes)
