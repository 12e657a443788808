"""The cell functions: written once, with everything a host needs to offer them."""
