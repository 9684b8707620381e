"""The operator's door: one page, for whoever knows the operator's word. It changes nothing."""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from aiohttp import web

from bot.glance import Glance
from bot.overview import overview
from bot.page import STYLE_HASH, entrance, shown
from bot.patience import Telling, Trouble
from bot.settings import Settings
from bot.standing import Standing

PATH = "/operator"
COOKIE = "newsdigest_operator"
LASTS = timedelta(hours=12)
"""How long a browser is let in without the word."""
LOOKED_AT_AGAIN = "60"
"""Seconds after which a page that is open is read again."""
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src '{STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
WRONG = "That is not it. The word is OPERATOR_TOKEN in the settings of the bot."

tell = Telling()


@dataclass(frozen=True, slots=True)
class Operator:
    """The word by which an operator is known, and what they are shown."""

    word: str
    glance: Glance

    @classmethod
    def of(cls, settings: Settings, glance: Glance) -> Operator | None:
        """None where no word is set: then there is no such page."""
        return cls(settings.operator_token.get_secret_value(), glance) if settings.operator_token else None

    async def answer(self, request: web.Request, standing: Standing) -> web.Response | None:
        """The page, or what lets one in; None for what asks for neither."""
        if request.rel_url.raw_path != PATH or request.method not in ("GET", "HEAD", "POST"):
            return None
        if request.method == "POST":
            return await self._heard(request)
        if not self._knows(request.cookies.get(COOKIE, ""), self.glance.clock()):
            return _page(entrance())
        page = _page(shown(await overview(self.glance, standing)))
        page.headers["Refresh"] = LOOKED_AT_AGAIN
        return page

    async def _heard(self, request: web.Request) -> web.Response:
        """Lets in whoever says the word, and out whoever wants to leave."""
        said = await _fields(request)
        back = web.Response(status=303, headers={"Location": PATH, **HEADERS})
        if "leave" in said:
            back.del_cookie(COOKIE, path=PATH)
            return back
        if not hmac.compare_digest(said.get("word", "").strip().encode(), self.word.encode()):
            tell(Trouble("somebody gave a wrong word at the operator's page", level=logging.WARNING), 0.0)
            return _page(entrance(WRONG), status=403)
        until = int((self.glance.clock() + LASTS).timestamp())
        # A proxy that ends TLS says so; over plain HTTP, on this machine, a secure cookie would not come back.
        is_secure = request.secure or request.headers.get("X-Forwarded-Proto") == "https"
        back.set_cookie(
            COOKIE,
            f"{until}.{self._mark(until)}",
            path=PATH,
            max_age=int(LASTS.total_seconds()),
            httponly=True,
            samesite="Strict",
            secure=is_secure,
        )
        return back

    def _knows(self, cookie: str, now: datetime) -> bool:
        """Whether this is what we gave to somebody who said the word, and still good."""
        until, _, mark = cookie.partition(".")
        if not (until.isascii() and until.isdigit() and len(until) < 13):
            return False
        is_ours = hmac.compare_digest(mark.encode(errors="replace"), self._mark(int(until)).encode())
        return is_ours and now.timestamp() < int(until)

    def _mark(self, until: int) -> str:
        return hmac.digest(self.word.encode(), f"operator until {until}".encode(), "sha256").hex()


async def _fields(request: web.Request) -> dict[str, str]:
    """What a form says; nothing for what is no form of ours."""
    try:
        body = (await request.read()).decode()
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=4))
    except (web.HTTPException, ValueError):
        return {}


def _page(html: str, status: int = 200) -> web.Response:
    return web.Response(text=html, status=status, content_type="text/html", headers=HEADERS)
