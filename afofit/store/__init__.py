"""What is kept: clinics, accounts, patients, fittings, releases and the audit, on SQLite or PostgreSQL."""
