"""The only door from outside: JSON and form to measurements, a fitting to JSON. Units are converted here."""
