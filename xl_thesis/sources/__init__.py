"""Where observations come from: one module per provider."""
