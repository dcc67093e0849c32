"""How the service is installed, started, watched and stopped."""
