"""Every text a person can read, in English, ready for translation.

The manner: the first line says what this is; plain words; no exclamation marks; when
something is wrong, one sentence says what is so and one says what to do. Texts are plain:
markup is added where they are used. `{names}` are filled by `Words.say`.

A module for each thing they are about; `texts.NAME` finds them all.
"""

from __future__ import annotations

from news.messages.texts.articles import *
from news.messages.texts.channels import *
from news.messages.texts.digests import *
from news.messages.texts.finding import *
from news.messages.texts.hours import *
from news.messages.texts.privacy import *
from news.messages.texts.settings import *
from news.messages.texts.sources import *
from news.messages.texts.threads import *
from news.messages.texts.trouble import *
from news.messages.texts.wishes import *
