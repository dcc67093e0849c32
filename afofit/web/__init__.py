"""The web pages: what is shown and typed in a browser."""
