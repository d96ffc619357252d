"""LibreOffice Calc: the functions of the catalogue as a generated add-in."""
