"""Run the sandbox: `python -m sandbox --port 0 --token 123:abc --ledger ledger.jsonl`.

Prints one JSON line when it is ready, with its `url` and the address of the web `chat`; ends on SIGTERM or SIGINT.
"""

import argparse
import asyncio
import gc
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from sandbox.limits import RATES
from sandbox.server import make_app
from sandbox.state import Settings

SHUTDOWN_SECONDS = 0.2
SELDOM = (20_000, 20, 1_000_000)
"""Things made before the young, the middle and the old ones are looked through. A Telegram forgets no message, and to
look through all of them for circles would let everybody wait for half a second."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A Telegram Bot API on loopback.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="700100200:sandbox-sandbox-sandbox-sandbox-35c", help="NUMBER:SECRET")
    parser.add_argument("--ledger", type=Path, required=True, help="file of accepted messages, one JSON a line")
    parser.add_argument("--limits", choices=sorted(RATES), default="off")
    parser.add_argument("--hold", type=float, default=3.0, help="seconds a bot that repeats itself is slowed")
    parser.add_argument("--expiry", type=float, default=15.0, help="seconds in which a query may be answered")
    parser.add_argument("--seed", type=int, default=None, help="for update ids that are the same every time")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds every answer of the Bot API is late")
    parser.add_argument("--loopback-webhooks", action="store_true", help="allow webhooks at http://127.0.0.1:PORT/…")
    parser.add_argument("--webhook-retry", type=float, default=1.0, help="seconds that stand for one between attempts")
    parser.add_argument("--requests", type=int, default=10_000, help="how many of the last requests are remembered")
    chosen = parser.parse_args(arguments)
    number, _, secret = chosen.token.partition(":")
    if not (number.isascii() and number.isdigit() and secret):
        parser.error("the token is NUMBER:SECRET")
    settings = Settings(
        chosen.token,
        chosen.ledger,
        limits=chosen.limits,
        hold=chosen.hold,
        expiry=chosen.expiry,
        seed=chosen.seed,
        delay=chosen.delay,
        loopback_webhooks=chosen.loopback_webhooks,
        webhook_retry=chosen.webhook_retry,
        requests=chosen.requests,
    )
    try:
        asyncio.run(serve(settings, chosen.host, chosen.port))
    except OSError as trouble:
        parser.exit(1, f"the sandbox cannot start: {trouble}\n")


async def serve(settings: Settings, host: str, port: int) -> None:
    """Answer until told to end."""
    gc.set_threshold(*SELDOM)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    runner = web.AppRunner(
        make_app(settings), access_log=None, handler_cancellation=True, shutdown_timeout=SHUTDOWN_SECONDS
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        address = f"http://{host}:{runner.addresses[0][1]}"
        sys.stdout.write(json.dumps({"url": address, "chat": f"{address}/"}) + "\n")
        sys.stdout.flush()
        await stopped.wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    main()
