"""The transport: requests in any of the Bot API's forms, answers in its one form, and trouble on order."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, ClientError, web

from sandbox import control
from sandbox.answers import Answer, Refused, try_later
from sandbox.fates import befall
from sandbox.faults import BEFORE, FATES, Fault
from sandbox.methods import NAMES, begun, ended, outcome_of
from sandbox.params import Params, Upload, texts_of
from sandbox.postman import Postman
from sandbox.state import Sandbox, Settings, opened

SANDBOX = web.AppKey("sandbox", Sandbox)
LARGEST_REQUEST = 50 << 20
JSON = "application/json"
NOISE = b'{"ok": tr\x00e \xff\xfe' * 65_536
"""A megabyte that says it is JSON."""
BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\r\n"
_CHAT_PAGE = Path(__file__).parent / "chat"


def make_app(settings: Settings) -> web.Application:
    """The whole sandbox as an application: Bot API, control interface and web chat."""
    app = web.Application(client_max_size=LARGEST_REQUEST)
    sandbox = app[SANDBOX] = opened(settings)

    async def at_work(_: web.Application) -> AsyncIterator[None]:
        posting = asyncio.create_task(Postman(sandbox).run())
        yield
        posting.cancel()
        await asyncio.wait([posting])
        sandbox.ledger.close()

    app.cleanup_ctx.append(at_work)
    app.router.add_route("*", "/bot{token}/{method}", api)
    app.router.add_get("/file/bot{token}/{path:.+}", download)
    control.add_routes(app, sandbox)
    app.router.add_get("/", index)
    if _CHAT_PAGE.is_dir():
        app.router.add_static("/chat/", _CHAT_PAGE)
    app.router.add_route("*", "/{rest:.*}", nowhere)
    return app


async def index(request: web.Request) -> web.FileResponse:
    return web.FileResponse(_CHAT_PAGE / "index.html")


async def nowhere(request: web.Request) -> web.Response:
    return _response(Refused("", 404))


async def download(request: web.Request) -> web.Response:
    """A file that was uploaded, as getFile's file_path names it."""
    sandbox = request.app[SANDBOX]
    file = next((f for f in sandbox.files.values() if f.path == request.match_info["path"]), None)
    if request.match_info["token"] != sandbox.token or file is None:
        return _response(Refused("", 404))
    return web.Response(body=file.content, content_type="application/octet-stream")


async def api(request: web.Request) -> web.StreamResponse:
    """One request to the Bot API, its answer as late as it would be from afar."""
    response = await _answered(request)
    await asyncio.sleep(request.app[SANDBOX].delay)
    return response


async def _answered(request: web.Request) -> web.StreamResponse:
    sandbox = request.app[SANDBOX]
    method = NAMES.get(request.match_info["method"].lower(), request.match_info["method"])
    record = begun(sandbox, method)
    try:
        _check_token(sandbox, request.match_info["token"])
        params = await _params(request)
    except Refused as refused:
        return _noted(record, refused)
    record["params"] = params.told()
    fault = sandbox.faults.striking(method, params.text("chat_id"))
    if fault and fault.kind in FATES:
        record["fault"] = fault.kind
        befall(sandbox, fault.kind, params.text("chat_id"), params.integer("message_thread_id"))
        fault = None
    if fault is None:
        return _noted(record, await outcome_of(sandbox, method, params))
    record["fault"] = fault.kind
    if fault.kind in BEFORE or not fault.accept:
        return await _spoilt(request, record, fault, None)
    return await _spoilt(request, record, fault, await outcome_of(sandbox, method, params))


def _check_token(sandbox: Sandbox, token: str) -> None:
    bot_id, colon, secret = token.partition(":")
    if not (bot_id.isdigit() and colon and secret):
        raise Refused("Unauthorized: invalid token specified", 401)
    if token != sandbox.token:
        raise Refused("", 401)


async def _params(request: web.Request) -> Params:
    """Arguments of the query and of the body, whatever its form. Raises Refused."""
    raw_query = request.rel_url.raw_query_string
    texts = dict(parse_qsl(raw_query, keep_blank_values=True, errors="surrogateescape"))
    files: dict[str, Upload] = {}
    try:
        if request.content_type == "multipart/form-data":
            await _read_parts(request, texts, files)
        else:
            texts |= texts_of(request.content_type, await request.read())
    except web.HTTPRequestEntityTooLarge as large:
        raise Refused("Request Entity Too Large", 413) from large
    except (ValueError, ClientError) as broken:
        raise Refused("can't parse the request") from broken
    return Params(texts, files)


async def _read_parts(request: web.Request, texts: dict[str, str], files: dict[str, Upload]) -> None:
    size = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            continue
        content = bytes(await part.read(decode=True))
        size += len(content)
        if size > LARGEST_REQUEST:
            raise web.HTTPRequestEntityTooLarge(LARGEST_REQUEST, size)
        if part.filename is None:
            texts[part.name] = content.decode("utf-8", "surrogateescape")
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = Upload(part.filename, kind, content)


def _response(outcome: Answer | Refused) -> web.Response:
    if isinstance(outcome, Answer):
        told = {"ok": True, "result": outcome.result}
        return _json(200, told | ({"description": outcome.description} if outcome.description else {}))
    told = {"ok": False, "error_code": outcome.code, "description": outcome.description}
    response = _json(outcome.code, told | ({"parameters": outcome.parameters} if outcome.parameters else {}))
    if "retry_after" in outcome.parameters:
        response.headers["Retry-After"] = str(outcome.parameters["retry_after"])
    return response


def _json(status: int, told: dict[str, Any]) -> web.Response:
    return web.Response(status=status, body=json.dumps(told, ensure_ascii=False).encode(), content_type=JSON)


def _noted(record: dict[str, Any], outcome: Answer | Refused) -> web.Response:
    ended(record, outcome)
    return _response(outcome)


async def _spoilt(
    request: web.Request, record: dict[str, Any], fault: Fault, outcome: Answer | Refused | None
) -> web.StreamResponse:
    """What becomes of a request that a fault has struck; outcome: what the method said, if it was carried out."""
    answer = outcome or Answer(True)
    match fault.kind:
        case "429":
            return _noted(record, try_later(fault.pause))
        case "error" | "forbidden":
            return _noted(record, Refused(fault.description, fault.error_code))
        case "500":
            return _noted(record, Refused(fault.description or "Internal Server Error", 500))
        case "502-html":
            record["status"] = 502
            return web.Response(status=502, text=BAD_GATEWAY, content_type="text/html")
        case "502-json":
            return _noted(record, Refused("Bad Gateway", 502))
        case "invalid-json" | "garbage":
            record["status"] = 200
            return web.Response(body=NOISE[: 200 if fault.kind == "invalid-json" else None], content_type=JSON)
        case "wrong-content-type":
            whole = _noted(record, answer)
            return web.Response(body=whole.body, content_type="text/html")
        case "hang-before-accept" | "hang-after-accept":
            await asyncio.Event().wait()
            raise AssertionError
        case "reset-before-accept" | "reset-after-accept":
            return _reset(request)
        case "truncated-json":
            whole = _noted(record, answer)
            return web.Response(body=bytes(whole.body or b"")[:-12], content_type=JSON)  # type: ignore[arg-type]
        case "slow":
            return await _dripped(request, _noted(record, answer), fault.seconds)
        case _:
            response = _noted(record, answer)
            response.headers["Date"] = formatdate(time.time() + fault.seconds, usegmt=True)
            return response


def _reset(request: web.Request) -> web.Response:
    """Break the connection as a crashed server does: with a reset, not with an end."""
    if request.transport is not None:
        sock = request.transport.get_extra_info("socket")
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        request.transport.abort()
    return web.Response()


async def _dripped(request: web.Request, whole: web.Response, seconds: float) -> web.StreamResponse:
    """The answer one byte at a time, so many seconds apart."""
    response = web.StreamResponse(status=whole.status, headers={"Content-Type": JSON})
    await response.prepare(request)
    for byte in bytes(whole.body or b""):  # type: ignore[arg-type]
        await response.write(bytes([byte]))
        await asyncio.sleep(seconds)
    return response
