"""Other ways to make the fitting sheet: each is given its words and shapes, and makes a PDF of them."""
