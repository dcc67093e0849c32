"""CDS Hooks 2.0: a card in the workflow of an EHR where an ankle-foot orthosis is in question."""
