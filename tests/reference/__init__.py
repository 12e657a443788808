"""Published numbers that the engine must reproduce, each with its source."""
