"""Every page in every state: read by axe-core, walked by keyboard, narrowed, enlarged, and without script."""
