"""How news comes in: addresses, feeds, pages, article files and lists of feeds.

Everything that arrives here is untrusted. Whatever cannot be read ends in one named
answer from `ingest.answers`, whose text is a sentence for a person; nothing else leaves
this room. See `docs/ingest.md` for why it is built this way.
"""
