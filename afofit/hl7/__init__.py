"""HL7 v2: a kept fitting as a message for systems that take results that way."""
