"""A Telegram Bot API on loopback, with a web chat: for the demo and for tests.

It answers as the Bot API does, refusals word for word, and writes every message it accepts to a ledger file.
It is a process of its own, so that nothing done to the bot can touch what the ledger says.
"""
