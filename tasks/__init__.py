"""What is made from the catalogue for this repository: the type stub, the reference, counts in prose, the workbooks and their pictures."""
