"""What every spreadsheet is: its limits, how cells are named, how days are numbered, what a cell can hold, how formulas are written."""
