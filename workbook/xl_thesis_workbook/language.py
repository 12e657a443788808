"""Two languages: every word that a snapshot shows is written in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Language = Literal["en", "zh-Hant"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Words:
    """A text in English and Traditional Chinese; ``say`` fills in what stands in braces.

    >>> Words("{n} known", "已知 {n}").say("zh-Hant", n=3)
    '已知 3'
    """

    en: str
    zh: str

    def say(self, language: Language, **values: object) -> str:
        """The text in a language."""
        text = self.zh if language == "zh-Hant" else self.en
        return text.format(**values) if values else text


def words(en: str, zh: str) -> Words:
    """A text in both languages."""
    return Words(en, zh)
