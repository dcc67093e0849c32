"""Endurance: the service under kill -9, with databases that keep what they acknowledge."""
