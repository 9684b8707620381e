"""Named answers for what cannot be read: each docstring is the sentence a person sees.

What readers see is a text of `texts`, which their language has its own sentence for; the others are for operators.
"""

from __future__ import annotations

from datetime import timedelta

from news.messages import texts


class Unreadable(Exception):
    """This cannot be read. Try another address or file."""

    def __str__(self) -> str:
        return type(self).__doc__ or ""


class NotAnAddress(Unreadable):
    __doc__ = texts.NOT_AN_ADDRESS


class Forbidden(Unreadable):
    __doc__ = texts.PRIVATE_NETWORK


class Downgraded(Unreadable):
    __doc__ = texts.DOWNGRADED


class Astray(Unreadable):
    __doc__ = texts.ASTRAY


class NoAnswer(Unreadable):
    __doc__ = texts.NO_ANSWER


class NotGenuine(Unreadable):
    __doc__ = texts.NOT_GENUINE


class TooSlow(Unreadable):
    __doc__ = texts.TOO_SLOW


class TooLarge(Unreadable):
    __doc__ = texts.TOO_LARGE


class CutShort(Unreadable):
    __doc__ = texts.CUT_SHORT


class Garbled(Unreadable):
    __doc__ = texts.GARBLED


class TooHeavy(Unreadable):
    __doc__ = texts.TOO_HEAVY


class BadStatus(Unreadable):
    __doc__ = texts.NOT_GIVEN_OUT

    def __init__(self, status: int, retry_after: timedelta | None = None) -> None:
        super().__init__(status, retry_after)
        self.status = status
        self.retry_after = retry_after

    def __str__(self) -> str:
        match self.status:
            case 404 | 410:
                return texts.NOTHING_THERE
            case 401 | 402 | 403 | 407 | 451:
                return texts.NOT_LET_IN
            case 408 | 425 | 429:
                return texts.FEWER_VISITS
            case status if status >= 500:
                return texts.OUT_OF_ORDER
        return super().__str__()


class NotAFeed(Unreadable):
    __doc__ = texts.NOT_A_FEED


class NotASelector(Unreadable):
    __doc__ = texts.NOT_A_SELECTOR


class NothingWatched(Unreadable):
    __doc__ = texts.NOTHING_WATCHED


class NoText(Unreadable):
    """This page shows no article to read. Open it in a browser instead."""


class Paywalled(NoText):
    """This article is for the site's subscribers, so its text is not to be had here. Read it on the site itself."""


class AsksConsent(NoText):
    """This site asks about cookies where its article should be. Open it in a browser to answer."""


class NotAnArticle(Unreadable):
    """This file holds no article. Use a text file with a headline and at least one paragraph."""


class NotAList(Unreadable):
    __doc__ = texts.NOT_A_LIST
