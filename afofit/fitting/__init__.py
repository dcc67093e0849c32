"""The domain: pure Python in millimetres, kilograms and degrees; knows no web, file or paper."""
