#!/bin/sh
# Makes the account of the service once, when the database is empty: owner of its own database, and nothing more. It has no
# password: pg_hba.conf asks for the key of the nodes.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres --username "$POSTGRES_USER" <<'SQL'
CREATE ROLE afofit LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE DATABASE afofit OWNER afofit;
REVOKE ALL ON DATABASE afofit FROM PUBLIC;
SQL
