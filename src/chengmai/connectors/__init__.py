"""Ways in from, and out to, systems that are not ours: one folder each."""
