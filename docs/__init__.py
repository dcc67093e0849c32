"""The documents, and the page that is written from the code."""
