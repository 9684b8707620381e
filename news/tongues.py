"""Tongues: the languages between which a translation can be checked, and the words of each that bear on truth.

A word that ends in `*` stands for all that begin so. The lists need not be whole: what they miss makes a true line
look doubtful, and hardly a false one true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from news.vocabulary import listed


@dataclass(frozen=True, slots=True)
class Words:
    """A list of whole words, and of beginnings of words."""

    whole: frozenset[str]
    stems: tuple[str, ...] = ()

    def __contains__(self, word: str) -> bool:
        return word in self.whole or word.startswith(self.stems)


def _words(text: str) -> Words:
    each = listed(text)
    return Words(
        frozenset(word for word in each if word[-1] != "*"), tuple(word[:-1] for word in each if word[-1] == "*")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """What is known of a language."""

    name: str
    """In English, as a model is told it."""
    own: str
    """As its people call it."""
    numbers: Mapping[str, int]
    """Words that number something."""
    maybe: Mapping[str, int] = field(default_factory=dict)
    """Words that may number something, or mean something else."""
    scales: Mapping[str, float]
    many: Mapping[str, float]
    """Scales that stand by themselves: thousands of people."""
    not_: Words
    """Each denies."""
    nor: Words
    """They deny beside one of those, or by themselves."""
    denies: Words
    """Verbs and the like that deny: to refuse, to fail, hardly."""
    perhaps: Words
    says: Words
    if_: Words
    about: Words
    months: tuple[Words, ...]
    days: tuple[Words, ...]


def _numbers(text: str) -> dict[str, int]:
    """Words by their number, a line a number."""
    rows = (row.split() for row in text.strip().splitlines())
    return {word: int(value) for value, *words in rows for word in words}


def _scales(text: str) -> dict[str, float]:
    rows = (row.split() for row in text.strip().splitlines())
    return {word: float(value) for value, *words in rows for word in words}


def _calendar(text: str) -> tuple[Words, ...]:
    """A word for each month or day, or several joined by `|`."""
    return tuple(_words(each.replace("|", " ")) for each in text.split())


def alike(one: str | None, other: str | None) -> bool:
    """Whether who reads one reads the other: two names of one language, or Norwegian and Danish in print."""
    norse = {"no", "nb", "nn"}
    return one == other or {one, other} <= norse


_ENGLISH = Tongue(
    name="English",
    own="English",
    numbers=_numbers(
        """
        3 three third thirds
        4 four fourth
        5 five fifth
        6 six sixth
        7 seven seventh
        8 eight eighth
        9 nine ninth
        10 ten tenth
        11 eleven eleventh
        12 twelve twelfth
        13 thirteen
        14 fourteen
        15 fifteen
        16 sixteen
        17 seventeen
        18 eighteen
        19 nineteen
        20 twenty
        30 thirty
        40 forty
        50 fifty
        60 sixty
        70 seventy
        80 eighty
        90 ninety
        2 two
        """
    ),
    maybe=_numbers(
        "2 second seconds both twice double couple pair twin\n4 quarter quarters\n12 dozen\n1 one first once"
    ),
    scales=_scales(
        "100 hundred\n1e3 thousand k\n1e6 million millions m mn\n1e9 billion billions bn\n1e12 trillion trillions tn"
    ),
    many=_scales("10 tens\n12 dozens\n100 hundreds\n1e3 thousands\n1e6 millions\n1e9 billions"),
    not_=_words("not never nobody nothing neither without cannot no none nowhere"),
    nor=_words("nor any"),
    denies=_words(
        "deny denies denied denying refuse* reject* fail fails failed failing failure hardly barely scarcely unlikely "
        "false falsely impossible unable lack lacks lacked lacking"
    ),
    perhaps=_words(
        "may might could possibly perhaps probably likely allegedly reportedly apparently suspect* alleged "
        "potentially presumably supposedly"
    ),
    says=_words(
        "said say says saying told tells according claims claimed claiming announce* state states stated insist* argue* warn* added adds "
        "report* believe* suggest* quote* wrote writes called explain* declare* confirm* emphasi* stress*"
    ),
    if_=_words("if unless should provided"),
    about=_words("about nearly almost around approximately roughly some circa close"),
    months=_calendar("january february march april may june july august september october november december"),
    days=_calendar("monday* tuesday* wednesday* thursday* friday* saturday* sunday*"),
)

_GERMAN = Tongue(
    name="German",
    own="Deutsch",
    numbers=_numbers(
        """
        3 drei dritte dritten dritter drittes drittel
        4 vier vierte vierten vierter viertes
        5 fünf fünfte fünften fünfter fünftel
        6 sechs sechste sechsten sechster
        7 sieben siebte siebten siebter
        8 achte achten achter
        9 neun neunte neunten neunter
        10 zehn zehnte zehnten zehnter
        11 elf elfte elften
        12 zwölf zwölfte zwölften
        13 dreizehn
        14 vierzehn
        15 fünfzehn
        16 sechzehn
        17 siebzehn
        18 achtzehn
        19 neunzehn
        20 zwanzig
        30 dreißig dreissig
        40 vierzig
        50 fünfzig
        60 sechzig
        70 siebzig
        80 achtzig
        90 neunzig
        2 zwei
        """
    ),
    maybe=_numbers(
        "2 zweite zweiten zweiter zweites beide beiden beider zweimal doppelt doppelte paar\n4 viertel quartal\n8 acht\n"
        "12 dutzend\n1 ein eine einen einem einer eines eins erste ersten erster erstes einmal"
    ),
    scales=_scales(
        "100 hundert\n1e3 tausend\n1e6 million millionen mio\n1e9 milliarde milliarden mrd\n1e12 billion billionen"
    ),
    many=_scales(
        "12 dutzende dutzenden\n100 hunderte hunderten\n1e3 tausende tausenden tausender\n1e6 millionen\n1e9 milliarden"
    ),
    not_=_words("nicht kein* nie niemals ohne weder nichts niemand* nirgends nirgendwo keinesfalls"),
    nor=_words("nein"),
    denies=_words(
        "bestreite* bestritt* dementier* leugne* weigert* weigern geweigert verweiger* lehnt* lehnen abgelehnt* ablehn* "
        "scheiter* gescheitert* unwahrscheinlich kaum falsch falsche* fälschlich* unmöglich zurückgewiesen zurückwies "
        "wies misslang misslungen fehlt fehlen fehlte fehlten"
    ),
    perhaps=_words(
        "könnte* kann können dürfte* möglicherweise vielleicht wohl wahrscheinlich* voraussichtlich* mutmaßlich* "
        "angeblich* soll sollen offenbar vermutlich* würde* verdächtig* womöglich eventuell möglich* scheinbar"
    ),
    says=_words(
        "sagt* sagen gesagt laut zufolge erklär* teilt* mitgeteilt bericht* behaupt* warn* betont* bekräftig* nannte* "
        "hieß meint* meldet* gemeldet angaben kündig* angekündigt schrieb* schreibt erzähl* bestätig* gab so sei seien "
        "habe hätten werde argumentier* nach hinweis* glaub*"
    ),
    if_=_words("wenn falls sofern sollte* außer ob"),
    about=_words("etwa rund fast ungefähr zirka knapp annähernd nahezu beinahe circa gut ca"),
    months=_calendar("januar* februar* märz april* mai juni juli august* september* oktober* november* dezember*"),
    days=_calendar("montag* dienstag* mittwoch* donnerstag* freitag* samstag*|sonnabend* sonntag*"),
)

_SPANISH = Tongue(
    name="Spanish",
    own="Español",
    numbers=_numbers(
        """
        3 tres tercer tercero tercera tercio tercios
        4 cuatro cuarto cuarta
        5 cinco quinto quinta
        6 seis sexto sexta
        7 siete séptimo séptima
        8 ocho octavo octava
        9 nueve noveno novena
        10 diez décimo décima
        12 doce
        13 trece
        14 catorce
        15 quince
        16 dieciséis
        17 diecisiete
        18 dieciocho
        19 diecinueve
        20 veinte
        30 treinta
        40 cuarenta
        50 cincuenta
        60 sesenta
        70 setenta
        80 ochenta
        90 noventa
        2 dos
        """
    ),
    maybe=_numbers(
        "2 segundo segunda segundos ambos ambas doble par pareja\n11 once\n12 docena\n4 trimestre\n"
        "1 un uno una primer primero primera"
    ),
    scales=_scales("100 cien ciento\n1e3 mil\n1e6 millón millones\n1e12 billón billones"),
    many=_scales("10 decenas\n12 docenas\n100 cientos centenares\n1e3 miles millares\n1e6 millones"),
    not_=_words("no sin"),
    nor=_words("nunca jamás nadie nada ningún ninguno ninguna tampoco ni"),
    denies=_words(
        "nieg* negó negaron negado negar negaba* rechaz* rehús* rehus* fracas* fals* apenas improbable imposible incapaz "
        "desmint* desmiente* falta* carece*"
    ),
    perhaps=_words(
        "podría* puede pueden podrá* quizá* posible* posiblemente probable* presunt* supuest* aparentemente acaso "
        "tal sería serían habría* sospecha*"
    ),
    says=_words(
        "dij* dice* decir según afirm* declar* anunci* asegur* señal* explic* inform* sostuv* sostien* advirt* advert* "
        "advier* agreg* añad* cuent* contó escrib* cre* confirm* insist* argument* report* indic* llam* destac*"
    ),
    if_=_words("si salvo siempre"),
    about=_words("cerca casi alrededor aproximadamente unos unas unas"),
    months=_calendar(
        "enero febrero marzo abril mayo junio julio agosto septiembre|setiembre octubre noviembre diciembre"
    ),
    days=_calendar("lunes martes miércoles jueves viernes sábado* domingo*"),
)

_FRENCH = Tongue(
    name="French",
    own="Français",
    numbers=_numbers(
        """
        3 trois troisième tiers
        4 quatre quatrième
        5 cinq cinquième
        6 six sixième
        7 sept septième
        8 huit huitième
        9 neuvième
        10 dix dixième
        11 onze onzième
        12 douze douzième
        13 treize
        14 quatorze
        15 quinze
        16 seize
        20 vingt
        30 trente
        40 quarante
        50 cinquante
        60 soixante
        2 deux
        """
    ),
    maybe=_numbers(
        "2 deuxième second seconde secondes double paire couple\n4 quart trimestre\n9 neuf\n12 douzaine\n"
        "1 un une premier première"
    ),
    scales=_scales("100 cent\n1e3 mille\n1e6 million millions\n1e9 milliard milliards\n1e12 billion billions"),
    many=_scales(
        "10 dizaine dizaines\n12 douzaines\n100 centaine centaines\n1e3 millier milliers\n1e6 millions\n1e9 milliards"
    ),
    not_=_words("ne n sans"),
    nor=_words("pas jamais aucun aucune rien ni non nul nulle"),
    denies=_words(
        "nie nient nié nier dément* démenti* refus* rejet* échou* échec faux fausse* improbable impossible guère "
        "incapable manque* peine"
    ),
    perhaps=_words(
        "peut peuvent pourrai* pourrait pourraient serai* aurai* possible* probable* peut-être présumé* soupçonn* "
        "éventuel* apparemment prétendu* devrai* vraisemblablement"
    ),
    says=_words(
        "dit disent selon affirm* déclar* annonc* assur* expliqu* précis* indiqu* rapport* averti* prévien* ajout* cro* "
        "estim* écri* confirm* insist* appel* soulign* raconte*"
    ),
    if_=_words("si s sauf condition"),
    about=_words("environ près presque quelque autour"),
    months=_calendar("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    days=_calendar("lundi* mardi* mercredi* jeudi* vendredi* samedi* dimanche*"),
)

_ITALIAN = Tongue(
    name="Italian",
    own="Italiano",
    numbers=_numbers(
        """
        3 tre terzo terza terzi
        4 quattro quarta
        5 cinque quinto quinta
        6 sesto sesta
        7 sette settimo settima
        8 otto ottavo ottava
        9 nove nono nona
        10 dieci decimo decima
        11 undici
        12 dodici
        13 tredici
        14 quattordici
        15 quindici
        16 sedici
        17 diciassette
        18 diciotto
        19 diciannove
        20 venti
        30 trenta
        40 quaranta
        50 cinquanta
        60 sessanta
        70 settanta
        80 ottanta
        90 novanta
        2 due
        """
    ),
    maybe=_numbers(
        "2 secondo seconda secondi entrambi entrambe doppio doppia coppia paio\n4 quarto trimestre\n6 sei\n12 dozzina\n"
        "1 un uno una primo prima"
    ),
    scales=_scales("100 cento\n1e3 mille mila\n1e6 milione milioni\n1e9 miliardo miliardi"),
    many=_scales("10 decine\n12 dozzine\n100 centinaia\n1e3 migliaia\n1e6 milioni\n1e9 miliardi"),
    not_=_words("non senza"),
    nor=_words("mai nessun nessuno nessuna niente nulla né neanche no"),
    denies=_words(
        "nega* negò smenti* rifiut* respin* falli* fals* improbabile impossibile appena incapace manca* rigett*"
    ),
    perhaps=_words(
        "potrebbe* potrebbero può possono forse possibil* probabil* presunt* sarebbe* avrebbe* sospett* apparentemente "
        "eventual* dovrebbe*"
    ),
    says=_words(
        "detto dice dicono disse dicendo secondo afferm* dichiar* annunci* assicur* spieg* riferi* avverti* avvert* aggiun* "
        "raccont* scri* conferm* insist* sostien* sostenut* ritien* sottoline* chiam* cred* comunic*"
    ),
    if_=_words("se salvo purché"),
    about=_words("circa quasi intorno pressoché"),
    months=_calendar("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
    days=_calendar("lunedì martedì mercoledì giovedì venerdì sabato domenica"),
)

_PORTUGUESE = Tongue(
    name="Portuguese",
    own="Português",
    numbers=_numbers(
        """
        3 três terceiro terceira
        4 quatro quarto
        5 cinco quinto
        6 seis sexto
        7 sete sétimo sétima
        8 oito oitavo oitava
        9 nove nono nona
        10 dez décimo décima
        11 onze
        12 doze
        13 treze
        14 catorze quatorze
        15 quinze
        16 dezasseis dezesseis
        17 dezassete dezessete
        18 dezoito
        19 dezanove dezenove
        20 vinte
        30 trinta
        40 quarenta
        50 cinquenta
        60 sessenta
        70 setenta
        80 oitenta
        90 noventa
        2 dois duas
        """
    ),
    maybe=_numbers(
        "2 segundo segunda segundos ambos ambas dobro par casal\n3 terça terço\n4 quarta trimestre\n5 quinta\n6 sexta\n"
        "12 dúzia\n1 um uma primeiro primeira"
    ),
    scales=_scales(
        "100 cem cento\n1e3 mil\n1e6 milhão milhões\n1e9 bilhão bilhões\n1e12 trilhão trilhões bilião biliões"
    ),
    many=_scales("10 dezenas\n12 dúzias\n100 centenas\n1e3 milhares\n1e6 milhões\n1e9 bilhões"),
    not_=_words("não sem"),
    nor=_words("nunca jamais ninguém nada nenhum nenhuma nem tampouco"),
    denies=_words(
        "nega negou negam negaram negar recus* rejeit* fracass* falh* fals* improvável impossível incapaz desmenti* falta*"
    ),
    perhaps=_words(
        "poderia* pode podem poderá* talvez possivel* possível provavel* provável suposta* suposto* alegad* seria* teria* "
        "suspeit* aparentemente eventual*"
    ),
    says=_words(
        "disse* diz dizem segundo afirm* declar* anunci* assegur* explic* inform* sustent* advert* alert* acrescent* cont* "
        "escrev* confirm* insist* argument* relat* acredit* indic* cham* destac*"
    ),
    if_=_words("se salvo caso"),
    about=_words("cerca quase aproximadamente uns umas aproximado"),
    months=_calendar("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
    days=_calendar("segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado* domingo*"),
)

_DUTCH = Tongue(
    name="Dutch",
    own="Nederlands",
    numbers=_numbers(
        """
        3 drie derde
        4 vier vierde
        5 vijf vijfde
        6 zes zesde
        7 zeven zevende
        8 acht achtste
        9 negen negende
        10 tien tiende
        11 elf elfde
        12 twaalf twaalfde
        13 dertien
        14 veertien
        15 vijftien
        16 zestien
        17 zeventien
        18 achttien
        19 negentien
        20 twintig
        30 dertig
        40 veertig
        50 vijftig
        60 zestig
        70 zeventig
        80 tachtig
        90 negentig
        2 twee
        """
    ),
    maybe=_numbers("2 tweede beide dubbel paar\n4 kwart kwartaal\n12 dozijn\n1 een één eerste"),
    scales=_scales("100 honderd\n1e3 duizend\n1e6 miljoen\n1e9 miljard\n1e12 biljoen"),
    many=_scales("10 tientallen\n12 tientallen\n100 honderden\n1e3 duizenden\n1e6 miljoenen\n1e9 miljarden"),
    not_=_words("niet geen zonder nooit niemand niets nergens noch"),
    nor=_words("nee"),
    denies=_words(
        "ontken* weiger* geweigerd verwerp* verwierp* afgewezen afwij* wijst wees mislukt* mislukken vals valse "
        "onwaarschijnlijk* onmogelijk nauwelijks faalt faalde* gefaald ontbre*"
    ),
    perhaps=_words(
        "kan kunnen zou zouden misschien mogelijk* waarschijnlijk* vermoedelijk* vermeend* naar wellicht verdacht* "
        "blijkbaar mogen mag"
    ),
    says=_words(
        "zegt zei zeggen zeiden volgens verklaar* meld* gemeld aankondig* kondigt kondigde* waarschuw* benadruk* vertel* "
        "schrijft schreef bericht* beweer* bevestig* aldus liet laat noemt noemde denkt gelooft legt voeg*"
    ),
    if_=_words("als indien mits tenzij"),
    about=_words("ongeveer bijna rond zo'n circa zowat krap zo"),
    months=_calendar("januari februari maart april mei juni juli augustus september oktober november december"),
    days=_calendar("maandag* dinsdag* woensdag* donderdag* vrijdag* zaterdag* zondag*"),
)

TONGUES: Mapping[str, Tongue] = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "es": _SPANISH,
    "fr": _FRENCH,
    "it": _ITALIAN,
    "pt": _PORTUGUESE,
    "nl": _DUTCH,
}
