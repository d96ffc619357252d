"""Excel on Windows: an add-in that asks a COM server of the same user, which runs the functions of the catalogue."""
