"""Sources: where the rows come from, each with its provenance."""
