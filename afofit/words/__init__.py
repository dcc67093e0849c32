"""What people read: one reviewed place, by subject."""
