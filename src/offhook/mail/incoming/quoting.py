"""What a mail says itself, and what it repeats of the mails before it. Pure.

There is no standard for the line above a quotation; these are what the usual mail programs write in the usual
languages. Where somebody answers between the lines of what they quote, nothing is taken apart.
"""

import re

LONGEST_LEAD = 3
"""Lines over which the line above a quotation may be broken."""
LONGEST_LINE = 300
"""Longer lines are nothing that a mail program writes above a quotation."""

_WROTE = re.compile(
    r"^\W*(?:"
    r"on\b.{6,200}\bwrote|am\b.{6,200}\bschrieb\b.{0,120}|(?:el|en)\b.{6,200}\bescribi[óo]|"
    r"le\b.{6,200}\ba écrit|il\b.{6,200}\bha scritto|em\b.{6,200}\bescreveu|op\b.{6,200}\bschreef\b.{0,120}|"
    r"den\b.{6,200}\bskrev\b.{0,120}|w dniu\b.{6,200}\bnapisał\w*"
    r")\s*:\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"^[-_ ]{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|mensaje original|"
    r"message d'origine|messaggio originale|mensagem original|oorspronkelijk bericht)\s*[-_ ]{2,}$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\W{0,2}(?:from|von|de|da|van|od)\s?:\W{0,2}\s*\S.{2,200}$", re.IGNORECASE)
_HEADER = re.compile(
    r"^\W{0,2}(?:sent|date|to|subject|gesendet|datum|an|betreff|enviado(?: el)?|fecha|para|asunto|envoyé|à|objet|"
    r"inviato|data|oggetto|enviada|assunto|verzonden|aan|onderwerp)\s?:",
    re.IGNORECASE,
)


def split_quoted(text: str) -> tuple[str, str]:
    """What is said, and what is quoted below it; the second is empty where nothing can be told apart."""
    lines = text.split("\n")
    at = _begin(lines)
    if at is None:
        return text, ""
    own, quoted = "\n".join(lines[:at]).rstrip(), "\n".join(lines[at:]).strip()
    if not own.strip() or _is_answered_between(lines[at:]):
        return text, ""
    return own, quoted


def _begin(lines: list[str]) -> int | None:
    """The line at which the quotation begins."""
    for number, line in enumerate(lines):
        if len(line) > LONGEST_LINE:
            continue
        if _RULE.match(line.strip()) or line.startswith(">"):
            return number
        if _FROM.match(line) and any(_HEADER.match(one) for one in lines[number + 1 : number + 4]):
            return number
        for length in range(1, LONGEST_LEAD + 1):
            lead = " ".join(one.strip() for one in lines[number : number + length])
            if line.strip() and len(lead) <= LONGEST_LINE and _WROTE.match(lead):
                return number
    return None


def _is_answered_between(lines: list[str]) -> bool:
    """Whether something is said below what is marked as quoted."""
    marked = [number for number, line in enumerate(lines) if line.startswith(">")]
    return bool(marked) and any(line.strip() for line in lines[marked[-1] + 1 :])
