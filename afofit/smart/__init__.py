"""SMART App Launch: other systems that prove who they are, and charts that are opened from and written back to."""
