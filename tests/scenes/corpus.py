"""Sentences of many kinds, for every scene to stand. The first two are tried each time, all with `-m corpus`."""

FIRST = [
    "Hello",
    "The old king gave his youngest daughter a small golden key",
]
ALL = [
    *FIRST,
    # one token, and as many as there may be
    "the",
    "?",
    "the the the the the the the the the the the the the the the the",
    "She sat down by the old stone well and thought about her three brothers again",
    "When the old woman saw that the little girl had gone into the dark forest, she took her lantern and ran",
    # words of all lengths
    "I am a ox",
    "Grandmother remembered extraordinary adventures throughout winter",
    "Donaudampfschifffahrt",
    "a incomprehensibilities b",
    # repeated and equal
    "very very very old",
    "The king saw the queen, and the queen saw the king",
    # digits
    "One day, a little fox said: it is 12 o'clock!",
    "In 1492 they sailed 3 ships",
    "3.14159 + 2,718 = 5,859",
    "12:30 on 24/12",
    # punctuation
    "...!?",
    "“Well,” said the wolf – “why not?”",
    "(a) [b] {c} | d",
    "wait… what?!",
    # code and markup
    "<b>&amp;</b> $x^2$",
    "for i in range(10):",
    "x = {'a': [1, 2]}",
    "#set text(red) *bold* _it_",
    r"\frac{a}{b} \textbf{c} %",
    "</script><!-- x -->",
    "user@example.com",
    "{{ name }} %s $PATH",
    # other scripts
    "кот",
    "Добрый день",
    "日本の王",
    "한국 왕",
    "我爱你",
    "ملك قديم",
    "המלך",
    "राजा",
    "กษัตริย์",
    "Ελλάδα",
    "Ångström naïve café",
    "Việt Nam",
    # emoji, simple, joined, flags, and skin
    "🐱",
    "a 🐱 cat",
    "👩‍👩‍👧 ok",
    "🇫🇷",
    "👍🏽 yes",
    # mixed directions
    "ملك 🐱 king",
    "king ملك old",
    "שלום hello",
    # space and lines
    "a  b   c",
    "one\ntwo",
    "tab\there",
    # accents on their own, and ligatures
    "e\u0301 ﬁn",
]
