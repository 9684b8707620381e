"""What a page asks of its readers, in the languages we promise, and news with the same words."""

from __future__ import annotations

import pytest

from news.article import Entry
from news.passages import passages


def read(*paragraphs: str) -> list[str]:
    return [passage.text for passage in passages(Entry(headline="", paragraphs=paragraphs))]


@pytest.mark.parametrize(
    "asked",
    [
        "With your permission we and our 842 partners may use precise geolocation data.",
        "Your preferences will apply to this website only.",
        "Mit Ihrer Zustimmung verwenden wir Cookies und ähnliche Technologien.",
        "Vous pouvez retirer votre consentement à tout moment.",
        "Con su consentimiento, utilizamos cookies o tecnologías similares.",
        "Продолжая пользоваться сайтом, вы соглашаетесь на обработку персональных данных.",
        "继续使用本网站即表示您同意我们的隐私政策。",
        "サイトの閲覧を続けることで、Cookieの使用に同意したものとみなされます。",
        "باستمرارك في التصفح فإنك توافق على سياسة الخصوصية.",
        "हम आपके अनुभव को बेहतर बनाने के लिए कुकीज़ का उपयोग करते हैं।",
    ],
)
def test_a_page_that_asks_for_consent_makes_no_bullet(asked: str) -> None:
    assert read(asked) == []


@pytest.mark.parametrize(
    "asked",
    [
        "To continue reading, create a free account or sign in.",
        "This article is for subscribers only.",
        "Start your free trial for just $1 a month.",
        "Dieser Artikel ist nur für Abonnenten lesbar.",
        "Testen Sie das Angebot einen Monat lang für nur einen Euro.",
        "Il vous reste 85 % de cet article à lire.",
        "La suite est réservée aux abonnés.",
        "Este contenido es exclusivo para suscriptores.",
        "Чтобы читать дальше, войдите или оформите подписку.",
        "本文仅供订阅用户阅读，登录后可继续阅读全文。",
        "この記事は会員限定で、続きを読むには登録が必要です。",
        "هذا المقال متاح للمشتركين فقط في الموقع.",
        "पूरा लेख पढ़ने के लिए लॉग इन करें।",
    ],
)
def test_a_page_that_asks_for_a_subscription_makes_no_bullet(asked: str) -> None:
    assert read(asked) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The US sued the owner of WhatsApp over the sale of two rivals.",
        "The mayor vowed to continue this fight in the courts.",
        "She is already a member of the board of the harbour.",
        "Passengers could not log in to their accounts for six hours.",
        "Apps can still access your location without a word of warning.",
        "Die Zustimmung des Bundesrats fehlt, sie wird im Mai erwartet.",
        "La foto se publicó sin su consentimiento, según la fiscalía de Valdelora.",
        "«Мы не закроем наш порт этой зимой», — написал мэр в своём телеграм-канале.",
        "आपूर्ति रुकने से टेलीग्राम और अन्य सेवाएं बंद रहीं।",
    ],
)
def test_news_with_the_same_words_stays(sentence: str) -> None:
    assert read(sentence) == [sentence]


def test_what_a_press_release_says_of_its_sender_makes_no_bullet() -> None:
    news = "Strait Lines carried four percent more people in the third quarter."
    praise = "Strait Lines is the leading provider of ferries in the strait."
    outlook = "This press release contains forward-looking statements about the ferries."

    assert read(news, outlook, "About Strait Lines", praise) == [news]
    assert read(news, "Über Strait Lines", praise) == [news]
    assert read("About Strait Lines", praise, news) == [praise, news]
    assert read(news, "About 200 people waited on the quay.") == [news, "About 200 people waited on the quay."]


def test_a_verse_is_told_on_one_line() -> None:
    assert read("The fog came in on little feet,\nand sat upon the quay.") == [
        "The fog came in on little feet, and sat upon the quay."
    ]
