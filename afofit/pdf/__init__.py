"""Printed sheets: drawn on a ReportLab canvas with a layout and a tagging layer of our own."""
