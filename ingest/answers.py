"""Named answers for what cannot be read: each docstring is the sentence a person sees."""

from __future__ import annotations

import inspect
from datetime import timedelta


class Unreadable(Exception):
    """This cannot be read. Try another address or file."""

    def __str__(self) -> str:
        return " ".join(inspect.cleandoc(type(self).__doc__ or "").split())


class NotAnAddress(Unreadable):
    """This is not the address of a web page. Try one that starts with https://."""


class Forbidden(Unreadable):
    """This address leads to a private network, so it is not read. Try a public site."""


class Downgraded(Unreadable):
    """This address leads from a protected site to an open one, so it is not read.
    If you trust it, try the http:// address it leads to."""


class Astray(Unreadable):
    """This address leads on and on without an end. Try the address your browser ends up at."""


class NoAnswer(Unreadable):
    """No site answers at this address. Look for a slip in its name, or try again later."""


class NotGenuine(Unreadable):
    """This site cannot prove that it is the one it names itself, so it is not read.
    Its owner needs to renew its certificate."""


class TooSlow(Unreadable):
    """This site takes too long to answer. It may do better later."""


class TooLarge(Unreadable):
    """What is here is too large for news. Try a feed or a single article."""


class CutShort(Unreadable):
    """This site broke off in the middle of its answer. It may do better later."""


class Garbled(Unreadable):
    """This site answers in a way that makes no sense. It may do better later."""


class TooHeavy(Unreadable):
    """This takes far more work to read than any news should, so it was put aside. Try another address."""


class BadStatus(Unreadable):
    """This site does not give out what is at this address. Open it in a browser to see why."""

    def __init__(self, status: int, retry_after: timedelta | None = None) -> None:
        super().__init__(status, retry_after)
        self.status = status
        self.retry_after = retry_after

    def __str__(self) -> str:
        match self.status:
            case 404 | 410:
                return "There is nothing at this address any more. Look for its new one on the site."
            case 401 | 402 | 403 | 407 | 451:
                return "This site does not let the bot in. Try another address for the same news."
            case 408 | 425 | 429:
                return "This site asks for fewer visits. It will be tried again later."
            case status if status >= 500:
                return "This site is out of order at the moment. It may do better later."
        return super().__str__()


class NotAFeed(Unreadable):
    """There is no feed here. Try the address of the site itself."""


class NotASelector(Unreadable):
    """This is not a selector that I understand. Use names, .classes and #ids, such as main .headline a."""


class NothingWatched(Unreadable):
    """The page does not show what is watched on it. Look at it, and send /watch and its address to choose anew."""


class NoText(Unreadable):
    """This page shows no article to read. Open it in a browser instead."""


class Paywalled(NoText):
    """This article is for the site's subscribers, so its text is not to be had here. Read it on the site itself."""


class AsksConsent(NoText):
    """This site asks about cookies where its article should be. Open it in a browser to answer."""


class NotAnArticle(Unreadable):
    """This file holds no article. Use a text file with a headline and at least one paragraph."""


class NotAList(Unreadable):
    """This file names no feeds. Use the OPML file another news reader exports."""
