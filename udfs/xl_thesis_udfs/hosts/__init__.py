"""Programs that show cell functions, a folder each."""
