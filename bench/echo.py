"""The peer: a bare Flask application that sends back the JSON it is sent."""

from flask import Flask, Response, jsonify, request

app = Flask(__name__)


@app.post("/echo")
def echo() -> Response:
    """The posted document."""
    return jsonify(request.get_json())
