"""Hosts: one way into a spreadsheet each."""
