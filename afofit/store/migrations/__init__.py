"""How the tables came to be, step by step, each with its way back."""
