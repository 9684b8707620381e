"""Imported by the server that readers fork from, so that each begins with the model of languages in its memory."""

from ingest.language import detect

detect("A sentence of no importance.")
