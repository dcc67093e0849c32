"""Many people against many charts: whom a chart or a shelf of ready-made braces serves, and what to keep on it.

The same rules as for one leg (``fitting/stock.py``), written on columns of numbers. NumPy lives here alone, and is
loaded when somebody asks.
"""
