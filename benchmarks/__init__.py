"""How fast xlsig is, each time as a ratio to a peer measured in the same run."""
