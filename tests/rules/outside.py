# ruleid: way-out-beside-the-wire
import urllib.request

# ruleid: way-out-beside-the-wire
import urllib3

# ruleid: way-out-beside-the-wire
from requests import get

# ok: way-out-beside-the-wire
from urllib.parse import urlencode

# ok: way-out-beside-the-wire
from http import HTTPStatus

# ok: way-out-beside-the-wire
from afofit.smart.wire import Wire

# ruleid: code-from-data
import pickle

# ruleid: code-from-data
from yaml import safe_load

# ok: code-from-data
import tomllib

# ruleid: program-started
import subprocess

# ruleid: program-started
from subprocess import run

# ok: program-started
from os import fsync

# ruleid: xml-that-may-unfold
from lxml import etree

# ruleid: xml-that-may-unfold
import xml.etree.ElementTree as tree

# ok: xml-that-may-unfold
from xml.sax.saxutils import escape

import sqlalchemy
from sqlalchemy import text


def pools():
    # ruleid: wire-without-its-limits
    urllib3.PoolManager(num_pools=20)
    # ruleid: wire-without-its-limits
    urllib3.PoolManager(cert_reqs="CERT_NONE", timeout=5)
    # ruleid: wire-without-its-limits
    context.check_hostname = False
    # ok: wire-without-its-limits
    urllib3.PoolManager(num_pools=20, cert_reqs="CERT_REQUIRED", timeout=urllib3.Timeout(5), retries=False)


def code(given):
    # ruleid: code-from-data
    eval(given["formula"])
    # ruleid: code-from-data
    importlib.import_module(given["module"])
    # ok: code-from-data
    importlib.import_module("afofit.cover")
    # ok: code-from-data
    re.compile(r"\d+")
    # ruleid: program-started
    os.system("convert " + given["file"])


def query(connection, name):
    # ruleid: sql-put-together
    connection.execute(text(f"SELECT * FROM patient WHERE reference = '{name}'"))
    # ruleid: sql-put-together
    connection.execute(text("SELECT * FROM patient WHERE reference = " + name))
    # ruleid: sql-put-together
    connection.exec_driver_sql("SELECT * FROM patient WHERE reference = '%s'" % name)
    # ruleid: sql-put-together
    connection.execute(f"SELECT * FROM patient WHERE reference = '{name}'")
    # ok: sql-put-together
    connection.execute(text("SELECT 1"))
    # ok: sql-put-together
    connection.exec_driver_sql("SELECT * FROM patient WHERE reference = ?", (name,))
    # ok: sql-put-together
    connection.execute(select(PatientRow).where(PatientRow.reference == name))


def files_(given):
    # ruleid: file-opened-in-another-room
    open(given["file"])
    # ruleid: file-opened-in-another-room
    Path(given["file"]).read_text()
    # ruleid: file-opened-in-another-room
    folder.joinpath(given["file"]).write_bytes(b"")
    # ok: file-opened-in-another-room
    files("afofit").joinpath("examples.json").read_text("utf-8")
    # ok: file-opened-in-another-room
    pikepdf.open(BytesIO(given["pdf"]))
