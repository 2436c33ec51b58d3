"""The made-up patients and physicians of the demo hospital, each with the character set that holds the name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CharacterSet = tuple[str, ...]

ASCII: Final[CharacterSet] = ()
LATIN_1: Final[CharacterSet] = ("ISO_IR 100",)
LATIN_2: Final[CharacterSet] = ("ISO_IR 101",)
CYRILLIC: Final[CharacterSet] = ("ISO_IR 144",)
ARABIC: Final[CharacterSet] = ("ISO_IR 127",)
GREEK: Final[CharacterSet] = ("ISO_IR 126",)
HEBREW: Final[CharacterSet] = ("ISO_IR 138",)
THAI: Final[CharacterSet] = ("ISO_IR 166",)
UTF_8: Final[CharacterSet] = ("ISO_IR 192",)
GB18030: Final[CharacterSet] = ("GB18030",)
JAPANESE: Final[CharacterSet] = ("", "ISO 2022 IR 87")
JAPANESE_KATAKANA: Final[CharacterSet] = ("ISO 2022 IR 13", "ISO 2022 IR 87")
KOREAN: Final[CharacterSet] = ("", "ISO 2022 IR 149")


@dataclass(frozen=True, slots=True)
class Person:
    """A patient.

    Attributes:
        patient_id: Patient ID (0010,0020).
        name: Patient's Name, component groups parted by "=" (PS3.5 section 6.2.1).
        character_set: values of Specific Character Set (0008,0005); none for plain ASCII.
        birth_date: Patient's Birth Date, a DA value; empty where it is not known.
        sex: Patient's Sex.
        alert: Medical Alerts (0010,2000); empty for none.
    """

    patient_id: str
    name: str
    character_set: CharacterSet
    birth_date: str
    sex: str
    alert: str = ""


_ROSTER: Final[tuple[tuple[str, CharacterSet, str, str, str], ...]] = (
    ("Müller^Jörg", LATIN_1, "19610302", "M", ""),
    ("Papadopoulou^Eleni=Παπαδοπούλου^Ελένη", GREEK, "19881120", "F", ""),
    ("Yamada^Tarou=山田^太郎=やまだ^たろう", JAPANESE, "19700101", "M", "Claustrophobia"),
    ("O'Neil^Síle", LATIN_1, "20190505", "F", ""),
    ("Smith^Anne^Marie^Dr.", ASCII, "19440917", "F", "Pacemaker"),
    ("Hong^Gildong=洪^吉洞=홍^길동", KOREAN, "19790814", "M", ""),
    ("Иванов^Иван^Петрович", CYRILLIC, "19551012", "M", "Iodine allergy"),
    ("Nguyễn^Thị Hoa", UTF_8, "19930226", "F", ""),
    ("Kovács^Győző", LATIN_2, "19671129", "M", ""),
    ("Lefèvre^Zoé", LATIN_1, "20010704", "F", ""),
    ("Wang^XiaoDong=王^小东", GB18030, "19820619", "M", ""),
    ("ﾀﾅｶ^ﾊﾅｺ=田中^花子=たなか^はなこ", JAPANESE_KATAKANA, "19631231", "F", ""),
    ("Jones^Robert", ASCII, "19380401", "M", "Diabetes"),
    ("Bjørnsen^Åse", LATIN_1, "19760923", "F", ""),
    ("قباني^لنزار", ARABIC, "19501107", "M", ""),
    ("Wiśniewska^Małgorzata", LATIN_2, "19850318", "F", "Latex allergy"),
    ("Kim^Minji=金^敏智=김^민지", KOREAN, "19970530", "F", ""),
    ("Петрова^Ольга^Сергеевна", CYRILLIC, "19910811", "F", ""),
    ("Garcia^Lucia", ASCII, "20151022", "F", ""),
    ("Núñez^José^Luis", LATIN_1, "19581214", "M", ""),
    ("Sato^Yuki=佐藤^由紀=さとう^ゆき", JAPANESE, "19880606", "F", ""),
    ("שרון^דבורה", HEBREW, "19730115", "F", ""),
    ("Dubois^Jean-Pierre", ASCII, "19490630", "M", "Renal insufficiency"),
    ("สมิธ^สมชาย", THAI, "19800412", "M", ""),
    ("Georgiou^Nikos=Γεωργίου^Νίκος", GREEK, "19531003", "M", ""),
    ("Brown^Ann", ASCII, "19990228", "F", ""),
    ("Öztürk^Ayşe", UTF_8, "19690721", "F", ""),
    ("Van der Berg^Willem", ASCII, "19420510", "M", "Pacemaker"),
    ("Ångström^Björn", LATIN_1, "20080816", "M", ""),
    ("Suzuki^Ichirou=鈴木^一郎=すずき^いちろう", JAPANESE, "19731022", "M", ""),
    ("Лебедева^Анна", UTF_8, "20120909", "F", ""),
    ("Rossi^Chiara", ASCII, "19840125", "F", ""),
    ("Großmann^Käthe", LATIN_1, "19331224", "F", "Fall risk"),
    ("Zhang^Wei=张^伟", GB18030, "19900203", "M", ""),
    ("Silva^João", LATIN_1, "19710527", "M", ""),
    ("Doe^John", ASCII, "", "O", ""),
)

PEOPLE: Final[tuple[Person, ...]] = tuple(
    Person(f"P{100 + 37 * index:06}", name, character_set, birth_date, sex, alert)
    for index, (name, character_set, birth_date, sex, alert) in enumerate(_ROSTER)
)

# Plain ASCII: they stand beside patients of every script, in the patient's character set.
PHYSICIANS: Final[tuple[str, ...]] = (
    "Adams^Grace^^Dr.",
    "Becker^Thomas^^Dr.",
    "Costa^Maria^^Prof.",
    "Okafor^Chidi^^Dr.",
    "Lindgren^Karin^^Dr.",
)
