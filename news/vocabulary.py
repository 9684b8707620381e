"""Words: how a text is cut into them, which of them say little, and how much a word weighs.

The tables are our own and small: function words of nine languages, and everyday words of
English news in three steps from common to less so. Whatever stands in none is rare, and telling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_LETTER = r"[\w\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff]"
"""Letters and digits, with the marks of Hebrew, Arabic and the Indic scripts that stand on them."""
_WORD = re.compile(rf"\d+(?:[.,]\d+)+|{_LETTER}+(?:[’']{_LETTER}+)*")
_LONG = 500
"""Code points of a text that is cut more than once."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Letters of scripts that put no space between words."""


MONTHS = (
    "january jan januar jänner enero janvier gennaio janeiro januari января січня stycznia ocak يناير जनवरी",
    "february feb februar febrero février febbraio fevereiro februari февраля лютого lutego şubat فبراير फरवरी",
    "march mar märz marzo mars março maart марта березня marca mart مارس मार्च",
    "april apr abril avril aprile апреля квітня kwietnia nisan أبريل अप्रैल",
    "may mai mayo maggio maio mei мая травня maja mayıs مايو मई",
    "june jun juni junio juin giugno junho июня червня czerwca haziran يونيو जून",
    "july jul juli julio juillet luglio julho июля липня lipca temmuz يوليو जुलाई",
    "august aug agosto août augustus августа серпня sierpnia ağustos أغسطس अगस्त",
    "september sep sept septiembre septembre settembre setembro сентября вересня września eylül سبتمبر सितंबर",
    "october oct oktober octubre octobre ottobre outubro октября жовтня października ekim أكتوبر अक्टूबर",
    "november nov noviembre novembre novembro ноября листопада listopada kasım نوفمبر नवंबर",
    "december dec dezember diciembre décembre dicembre dezembro декабря грудня grudnia aralık ديسمبر दिसंबर",
)
"""Month by month, as English, German, Spanish, French, Italian, Portuguese, Dutch, Russian, Ukrainian, Polish, Turkish,
Arabic and Hindi write it in a date."""


def listed(text: str) -> frozenset[str]:
    """The words of a list written as text, parted by spaces."""
    return frozenset(text.split())


FUNCTION_WORDS = listed(
    """
    a about above after again against all also although am among an and any are aren't around as at away back be
    became because become been before being below between both but by came can can't cannot could couldn't did
    didn't do does doesn't doing don't down during each either else even ever every few for from further get gets
    getting go goes going gone got had hadn't has hasn't have haven't having he he's her here hers herself him
    himself his how however i i'm i've if in instead into is isn't it it's its itself just least less let like
    made make makes making many may me might mine more most much must my myself near neither never no nor not
    now of off often on once one only onto or other others our ours out over own per put rather really same say
    saying says said see seen shall she she's should shouldn't since so some still such take taken takes taking than
    that that's the their theirs them themselves then there there's these they they're this those though through
    thus to together told too took toward towards two under until up upon us very via want was wasn't we we're well
    went were weren't what what's when where whether which while who who's whom whose why will with within
    without won't would wouldn't yes yet you you're your yours

    el la los las un una unos unas lo al del de y e o u que en con por para sin sobre entre hasta desde se su sus
    le les me mi mis te tu nos no ni si sí es son fue fueron era eran ser está están ha han había hay como más
    pero muy ya también este esta estos estas ese esa eso esto aquel cuando donde quien cual porque tras según
    durante contra ante dos tres año años

    der die das den dem des ein eine einer eines einem einen und oder aber doch nicht kein keine im am ans ins
    zum zur vom beim mit von zu bei nach aus auf für über unter vor hinter zwischen durch gegen ohne um bis seit
    während wegen als wie wenn dass daß weil ob ist sind war waren sein wird werden wurde wurden hat haben hatte
    hatten kann können konnte soll sollen muss müssen will wollen sich es er sie wir ihr ich du man auch noch nur
    schon sehr mehr so da dort hier dieser diese dieses diesem diesen jeder jede jedes alle alles was wer wo wann
    warum sagte zwei drei jahr jahre jahren

    le les l une des du au aux et ou où mais donc ni car ne pas plus dans sur sous avec sans pour par entre chez
    vers depuis pendant est sont était étaient être été ont avait avaient avoir il elle ils elles nous vous je on
    se sa son ses leur leurs ce cet cette ces qui que quoi dont lequel comme très aussi même tout tous toute
    toutes deux trois ans

    o os as um uma uns umas ao aos à às do dos da das no nos na nas em pelo pela com sem não mas mais foi foram
    era é são está estão ser ter tem tinha há seu sua seus suas ele ela eles elas isso isto este esta esse essa
    que quem qual quando onde como porque já também muito até depois

    il lo gli i una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla in nel nella con
    su sul sulla per tra fra e ed o ma non che chi cui come dove quando perché più anche è sono era erano stato
    stata ha hanno aveva essere avere si suo sua suoi loro questo questa quello quella

    и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее её мне было вот от
    меня еще ещё нет о об из ему теперь когда даже ну ли если уже или ни быть был была были него до вас нибудь
    опять вам ведь там потом себя ничего ей может они тут где есть надо ней для мы тебя их чем сам чтоб чтобы без
    будто чего раз тоже себе под будет тогда кто этот того потому этого какой ним здесь этом один почти мой тем
    при два об другой хоть после над больше тот через эти нас про всего них какая много эту моя свою этой перед
    также который которые которая которых году года лет это

    في من على إلى الى عن مع أن ان إن هذا هذه ذلك تلك التي الذي الذين كان كانت قد لا ما لم لن هو هي هم كما بعد قبل
    بين كل أو او ثم حتى عند أي وقد وفي ومن بعض غير خلال حيث يوم

    है हैं था थे थी और का के की को में से पर ने यह वह ये वे इस उस एक भी नहीं तो कि जो लिए साथ तक हो कर गया गई
    गए रहा रही रहे अपने बाद या किया कहा
    """
)

_EVERYDAY = listed(
    """
    year years day days week weeks month months time times new old first last next long good great big little high
    small large early late young people man men woman women child children world country state city house home work
    part place case way thing things life hand point number group problem fact right left top end called call asked
    ask know known think thought come coming look looking use used using find found give given gave tell work working
    need seem feel try leave mean keep begin began begun show showed shown hear play run move live believe hold bring
    happen write provide sit stand lose lost pay paid meet include including continue set learn change lead understand
    watch follow stop create speak read allow add added spend grow open walk win offer remember love consider appear
    buy wait serve die died send expect build stay fall cut reach remain suggest raise pass sell require report
    reported reports according public best better another second three four five six seven eight nine ten million
    billion per cent percent monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december today yesterday tomorrow morning night evening
    news official officials government president company police statement spokesman spokeswoman spokesperson told
    several former during including already later ago expected least around while across despite
    """
)
_COMMON = listed(
    """
    able accept access account act action activity actor agree agreed air announce announced announcement area
    arrest arrested article attack attempt available average bad base based behind bill board body book business car
    care career carry cause center centre central century chance charge charged charges chief claim claimed claims
    clear close coach college comes coming comment common community concern concerned condition confirmed control cost
    costs council couple course court crime current currently data date daughter days dead deal death decade decided
    decision deep defense defence department described design despite details develop development difference
    different difficult director discuss doctor done door drive drop early east easy economic economy education effect
    effort efforts election email emergency employee energy enough event events ever evidence exactly example executive
    expert experts explain eye face failed fall family far fast father fear federal feel field fight figure film final
    finally financial fire firm focus food force forced foreign form former forward free friend friends front full
    fund future game general girl goal gold half happened hard head health hear heart heavy held help higher history
    hit holding hope hospital hot hour hours hundreds idea identified image impact important increase increased
    industry information injured inside interest international interview investigation involved issue issues job join
    joined judge july just key kill killed kind king lady land language largest latest launch launched law lawyer leader
    leaders leading league leave legal letter level lie light likely line list live local longer lot low magazine main
    major manager march market mark match matter media medical member members message met middle military mind minister
    minute minutes miss missing model moment money morning mother movie moved music name named nation national natural
    nearly network nice north note nothing nuclear office officer officers oil online open operation opportunity order
    organization parents park party past patient peace performance period person personal phone photo picture plan
    planned plans played player players playing plus point political poor position possible post power prepared
    present press pressure prevent previous previously price prices prime prison private process product production
    program programme project property protect protest provide provided quarter question questions quickly race rate
    rates real reason reasons received recent recently record red release released remains research response result
    results return returned revealed rights rise risk road role room round rule rules running safe safety sale sales
    school science scene season seat secretary section security senior sentence series serious service services sex
    share shares shot significant similar simple single site situation social society son soon sought sound source
    sources south space special sport spring staff stage stand star start started starting station stock store story
    street street strong student students study success successful suffered suggested summer support sure surface
    system talk talks taken tax team television term test thousands threat told total town trade training travel
    treatment trial trip trouble true turn tv type united university use value various vehicle version victim victims
    video view violence visit voice vote wait wall war warned warning watch water weather web website weekend west
    white whole wife wind winner won woman wood word words worker workers working worth wrong
    american british european us uk eu u.s america britain europe london york washington
    """
)

_SUFFIXES = (
    ("ational", "ate"), ("ization", "ize"), ("isation", "ize"), ("fulness", "ful"), ("ements", "e"), ("ement", "e"),
    ("ments", ""), ("ment", ""), ("ations", "at"), ("ation", "at"), ("ingly", ""), ("edly", ""), ("ities", ""),
    ("ity", ""), ("ings", ""), ("ing", ""), ("ions", ""), ("ion", ""), ("iers", "y"), ("ier", "y"), ("ies", "y"),
    ("ied", "y"), ("ers", ""), ("er", ""), ("ors", ""), ("or", ""), ("ed", ""), ("es", ""), ("ly", ""), ("al", ""),
    ("s", ""), ("e", ""),
)  # fmt: skip

_SUFFIXES_BY_LETTER = {
    last: tuple(each for each in _SUFFIXES if each[0].endswith(last)) for last in {each[0][-1] for each in _SUFFIXES}
}


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """A case-folded word without its ending, so that `elections` meets `election`.

    A light rule for English; words with other letters lose their last two when they have
    seven or more, which is crude and serves inflected languages well enough.
    """
    for tail in ("'s", "’s", "'", "’"):
        word = word.removesuffix(tail)
    if not word.isascii():
        return word[:-2] if len(word) > 6 else word
    if len(word) < 4 or word.endswith(("ss", "us", "is")) or word.isdigit():
        return word
    for ending, instead in _SUFFIXES_BY_LETTER.get(word[-1], ()):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            root = word[: -len(ending)] + instead
            doubled = len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz"
            return root[:-1] if doubled else root
    return word


def endings_begun(typed: str) -> list[str]:
    """Roots that `typed` may be the beginning of a word of, ended within its ending: `elect` of `electio`."""
    found = []
    for ending, instead in _SUFFIXES:
        for length in range(2, len(ending)):
            root = typed[:-length] + instead
            if typed.endswith(ending[:length]) and len(typed) - length >= 4:
                found.append(root)
    return found


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each of the `words` of a text begins and ends."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match.group().isascii() or end - start == 1 or not _UNSPACED.search(match.group()):
            yield start, end
        else:
            yield from ((at, at + 2) for at in range(start, end - 1))


def is_spaced(text: str) -> bool:
    """Whether every word of a text stands apart from the next."""
    return text.isascii() or not _UNSPACED.search(text)


def words(text: str) -> list[str]:
    """The words of a text as written, in order; scripts without spaces give pairs of letters."""
    return _cut(text) if len(text) < _LONG else list(_cut_before(text))


def _cut(text: str) -> list[str]:
    if is_spaced(text):
        return _WORD.findall(text)
    found: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if word.isascii() or not _UNSPACED.search(word):
            found.append(word)
        else:
            found.extend([word[i : i + 2] for i in range(len(word) - 1)] or [word])
    return found


@lru_cache(maxsize=32)
def _cut_before(text: str) -> tuple[str, ...]:
    # An article is cut for its topics, its sketch and the search index, a little later and among others.
    return tuple(_cut(text))


def folded(text: str) -> list[str]:
    """The words of a text in the form they are compared and counted in, before stemming."""
    return words(text.casefold().replace("’", "'"))


def content(text: str) -> list[str]:
    """Stems of the words that say something: no function word, no lone letter."""
    return telling(folded(text))


def telling(found: Iterable[str]) -> list[str]:
    """Stems of those of the words, folded, that say something."""
    return [stem(w) for w in found if w not in FUNCTION_WORDS and (len(w) > 1 or not w.isascii())]


@lru_cache(maxsize=512)
def length(text: str) -> int:
    """Words a reader reads; two letters of an unspaced script count as one."""
    wide = 0 if text.isascii() else len(_UNSPACED.findall(text))
    return len(_WORD.findall(_UNSPACED.sub(" ", text) if wide else text)) + (wide + 1) // 2


_EVERYDAY_STEMS = frozenset(map(stem, _EVERYDAY))
_COMMON_STEMS = frozenset(map(stem, _COMMON)) - _EVERYDAY_STEMS


def weight(stemmed: str) -> float:
    """How telling a stem is: 1 everyday, 2 common, 4 rare; by general use and not by any corpus."""
    if stemmed in _EVERYDAY_STEMS:
        return 1.0
    return 2.0 if stemmed in _COMMON_STEMS else 4.0
