"""Functions: every Excel function once, with what it needs to be shown in any host."""
