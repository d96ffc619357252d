"""What is made for this repository: the type stub, the reference, counts in prose, exchange sessions, the workbooks and their pictures."""
