"""Frames: flows, spreads and prices as typed, sorted, checked tables."""
