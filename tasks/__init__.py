"""What is made from the catalogue for this repository: the type stub and the function reference."""
