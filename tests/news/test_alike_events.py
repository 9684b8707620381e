"""Two events of one kind stay two stories, in several languages; two articles of one event are one."""

import pytest

from news.article import Entry
from news.telling import Teller

EVENTS = {
    "two quakes of one day": (
        "en",
        (
            "Quake in Vessia kills 14",
            "A magnitude 6.1 earthquake struck the Vessian town of Karrow before dawn on Monday and killed 14 people. "
            "Rescuers in Karrow dug through a collapsed school with their hands, mayor Ilse Brandt said.",
        ),
        (
            "Rescuers dig in Karrow after earthquake",
            "At least 14 people died when an earthquake of magnitude 6.1 hit Karrow in Vessia on Monday. "
            "Mayor Ilse Brandt asked neighbouring towns for tents; the school of Karrow collapsed.",
        ),
        (
            "Earthquake shakes Tolmar islands",
            "A magnitude 5.8 earthquake shook the Tolmar islands on Monday and sent people running into the streets. "
            "No one was hurt in Port Amsel, governor Dario Quell said; a tsunami warning was lifted after an hour.",
        ),
        (
            "Tsunami warning lifted off Tolmar",
            "Governor Dario Quell lifted the tsunami warning for Port Amsel an hour after an earthquake of magnitude "
            "5.8 rattled the Tolmar islands on Monday. Nobody was hurt, he said.",
        ),
    ),
    "two trials": (
        "en",
        (
            "Banker Ruan Teller convicted of fraud",
            "A jury in Orsund convicted the banker Ruan Teller of fraud on Tuesday after nine days of deliberation. "
            "Teller hid losses of 40 million crowns at Skarv Bank, prosecutor Mia Holt told the court.",
        ),
        (
            "Skarv Bank's Teller found guilty",
            "Ruan Teller, who ran Skarv Bank, was found guilty of fraud by a court in Orsund on Tuesday. "
            "He concealed 40 million crowns of losses, the jury found; prosecutor Mia Holt asked for nine years.",
        ),
        (
            "Doctor Nell Abara acquitted of manslaughter",
            "A jury in Port Amsel acquitted the surgeon Nell Abara of manslaughter on Tuesday. "
            "A patient had died after an operation at the Lindqvist clinic; prosecutor Jon Reis will not appeal.",
        ),
        (
            "Surgeon cleared over death at Lindqvist clinic",
            "The surgeon Nell Abara was cleared of manslaughter by a court in Port Amsel on Tuesday. "
            "Prosecutor Jon Reis said he would not appeal the verdict on the death at the Lindqvist clinic.",
        ),
    ),
    "two matches of one club": (
        "en",
        (
            "Orsund beat Karrow 3-1",
            "Orsund United beat Karrow Town 3-1 on Saturday with two goals by Lena Fisk before half-time. "
            "Karrow's keeper Oda Renn saved a penalty at the Harbour Ground.",
        ),
        (
            "Fisk scores twice as Orsund down Karrow",
            "Lena Fisk scored twice before half-time as Orsund United won 3-1 against Karrow Town on Saturday. "
            "Oda Renn saved a penalty for Karrow at the Harbour Ground.",
        ),
        (
            "Orsund held by Amsel in cup",
            "Port Amsel Rovers held Orsund United to a goalless draw in the cup on Wednesday. "
            "Referee Paula Stroem sent off the Rovers' captain Kit Vane; the replay is at Quay Park.",
        ),
        (
            "Ten-man Rovers earn replay at Quay Park",
            "Port Amsel Rovers earned a cup replay at Quay Park with a goalless draw at Orsund United on Wednesday. "
            "Their captain Kit Vane was sent off by referee Paula Stroem.",
        ),
    ),
    "dos incendios": (
        "es",
        (
            "Un incendio quema 300 hectáreas en Valdoro",
            "Un incendio forestal arrasó el lunes 300 hectáreas de pinar en Valdoro y obligó a evacuar a 80 vecinos. "
            "La alcaldesa Berta Saldaña agradeció el trabajo de los bomberos.",
        ),
        (
            "Evacuados 80 vecinos de Valdoro por el fuego",
            "El fuego obligó el lunes a evacuar a 80 vecinos de Valdoro, donde ardieron 300 hectáreas de pinar. "
            "La alcaldesa Berta Saldaña pidió ayuda a los bomberos de la comarca.",
        ),
        (
            "Arde una fábrica de muebles en Puertoluz",
            "Un incendio destruyó el lunes una fábrica de muebles en Puertoluz sin causar heridos. "
            "El dueño, Ramiro Oteo, calculó las pérdidas en dos millones; los bomberos investigan un cortocircuito.",
        ),
        (
            "Un cortocircuito, posible causa del fuego de Puertoluz",
            "Los bomberos investigan un cortocircuito en la fábrica de muebles de Puertoluz que ardió el lunes. "
            "Ramiro Oteo, el dueño, perdió unos dos millones.",
        ),
    ),
    "zwei Streiks": (
        "de",
        (
            "Lokführer in Norgau streiken",
            "Die Lokführer der Norgauer Bahn haben am Dienstag die Arbeit niedergelegt, 400 Züge fielen aus. "
            "Gewerkschafterin Hanne Volkers fordert sechs Prozent mehr Lohn.",
        ),
        (
            "400 Züge fallen in Norgau aus",
            "In Norgau sind am Dienstag 400 Züge ausgefallen, weil die Lokführer der Norgauer Bahn streiken. "
            "Hanne Volkers von der Gewerkschaft verlangt sechs Prozent mehr Lohn.",
        ),
        (
            "Warnstreik in Kliniken von Seebruck",
            "Pflegekräfte haben am Dienstag in drei Kliniken von Seebruck zum Warnstreik aufgerufen. "
            "Klinikchef Arno Bieler verschob 60 Operationen; die Notaufnahme bleibt offen.",
        ),
        (
            "Seebrucker Kliniken verschieben Operationen",
            "Wegen des Warnstreiks der Pflegekräfte verschieben die Kliniken von Seebruck 60 Operationen. "
            "Die Notaufnahme bleibt offen, sagte Klinikchef Arno Bieler am Dienstag.",
        ),
    ),
    "два пожара": (
        "ru",
        (
            "Взрыв на шахте в Каменске",
            "На шахте «Глубокая» в Каменске в понедельник взорвался метан, погибли семь горняков. "
            "Губернатор Семён Лужин объявил траур, спасатели ищут ещё двоих.",
        ),
        (
            "Семь горняков погибли в Каменске",
            "Семь горняков погибли при взрыве метана на шахте «Глубокая» в Каменске. "
            "Спасатели ищут двоих, губернатор Семён Лужин объявил траур.",
        ),
        (
            "Взрыв газа в жилом доме Приозёрска",
            "В Приозёрске в понедельник взорвался бытовой газ, обрушились два этажа жилого дома. "
            "Мэр Алла Вершинина сообщила, что жильцов разместили в школе, пострадавших нет.",
        ),
        (
            "Жильцов дома в Приозёрске разместили в школе",
            "Жильцов дома в Приозёрске, где от взрыва бытового газа обрушились два этажа, разместили в школе. "
            "Пострадавших нет, сказала мэр Алла Вершинина.",
        ),
    ),
    "زلزالان": (
        "ar",
        (
            "زلزال يضرب مدينة نورستان",
            "ضرب زلزال بقوة 6.1 درجات مدينة نورستان فجر الاثنين وقتل 14 شخصا وانهارت مدرسة الأمل. "
            "وقالت رئيسة البلدية سلمى الحداد إن المدينة تحتاج إلى خيام.",
        ),
        (
            "14 قتيلا في زلزال نورستان",
            "قتل 14 شخصا عندما ضرب زلزال بقوة 6.1 درجات مدينة نورستان الاثنين. "
            "وانهارت مدرسة الأمل وطلبت رئيسة البلدية سلمى الحداد خياما.",
        ),
        (
            "هزة أرضية قبالة جزر مرجان",
            "شعر سكان جزر مرجان بهزة أرضية بقوة 5.8 درجات الاثنين دون وقوع إصابات. "
            "ورفع الحاكم فارس الزين تحذير تسونامي عن الميناء بعد ساعة.",
        ),
        (
            "رفع تحذير تسونامي عن جزر مرجان",
            "رفع الحاكم فارس الزين تحذير تسونامي عن ميناء جزر مرجان بعد هزة أرضية بقوة 5.8 درجات. "
            "ولم تقع إصابات بين السكان.",
        ),
    ),
    "दो दुर्घटनाएँ": (
        "hi",
        (
            "सोनपुर में पुल गिरा, नौ की मौत",
            "सोनपुर में सोमवार को निर्माणाधीन पुल गिरने से नौ मजदूरों की मौत हो गई। "
            "ठेकेदार महेश त्रिवेदी को गिरफ्तार किया गया, जिलाधिकारी रेखा बंसल ने बताया।",
        ),
        (
            "सोनपुर पुल हादसे में ठेकेदार गिरफ्तार",
            "सोनपुर में पुल गिरने से नौ मजदूरों की मौत के बाद ठेकेदार महेश त्रिवेदी गिरफ्तार हुआ। जिलाधिकारी रेखा बंसल ने जांच के आदेश दिए।",
        ),
        (
            "रतनगढ़ में नाव पलटी, सभी सुरक्षित",
            "रतनगढ़ की झील में सोमवार को पर्यटकों की नाव पलट गई, सभी 22 यात्री सुरक्षित निकाले गए। "
            "गोताखोर विमल ठाकुर ने बच्चों को बचाया।",
        ),
        (
            "रतनगढ़ झील में गोताखोर ने बच्चों को बचाया",
            "रतनगढ़ की झील में नाव पलटने पर गोताखोर विमल ठाकुर ने बच्चों को बचाया। सभी 22 पर्यटक यात्री सुरक्षित हैं।",
        ),
    ),
    "两场火灾": (
        "zh",
        (
            "云岭市一仓库起火",
            "云岭市一座纺织仓库星期一凌晨起火,三名消防员受伤。市长郭文渊说,火势在六小时后被扑灭,仓库老板已被带走调查。",
        ),
        (
            "云岭纺织仓库大火三名消防员受伤",
            "星期一凌晨,云岭市纺织仓库发生火灾,三名消防员受伤。六小时后火势扑灭,市长郭文渊说仓库老板正接受调查。",
        ),
        (
            "海宁湾客轮机舱失火",
            "一艘客轮星期一在海宁湾机舱失火,船上214名乘客全部转移。船长苏启航表示,燃油泄漏引起火灾,海事部门展开检查。",
        ),
        (
            "海宁湾客轮乘客全部转移",
            "海宁湾一艘客轮机舱失火后,214名乘客星期一全部转移上岸。海事部门展开检查,船长苏启航说是燃油泄漏。",
        ),
    ),
}


def stories(told: list[Entry]) -> list[int]:
    teller = Teller()
    for entry in told:
        teller.tell(entry)
    return [telling.story for telling in teller.settle_all()]


@pytest.mark.parametrize("kind", EVENTS)
def test_articles_of_two_events_of_one_kind_are_two_stories(kind: str) -> None:
    language, *said = EVENTS[kind]
    told = [Entry(headline=headline, paragraphs=(text,), language=language) for headline, text in said]
    one, again, other, other_again = told

    for order in ([one, again, other, other_again], [one, other, again, other_again]):
        found = dict(zip(map(id, order), stories(order), strict=True))
        assert found[id(one)] == found[id(again)] != found[id(other)] == found[id(other_again)]
