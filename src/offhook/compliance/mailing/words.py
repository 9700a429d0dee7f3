"""The words that tell of the way out, in the languages that we have them in. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class MailLanguage(StrEnum):
    """The languages (ISO 639-1) that we have these words in."""

    EN = "en"
    ES = "es"
    DE = "de"
    FR = "fr"
    IT = "it"
    NL = "nl"
    PT = "pt"


@dataclass(frozen=True, slots=True)
class WayOutWords:
    """Below a mail (`footer`, then the link's `link`), and on the page that the link leads to."""

    footer: str
    link: str
    question: str
    detail: str
    button: str
    done: str
    done_detail: str


WORDS: Mapping[str, WayOutWords] = {
    MailLanguage.EN: WayOutWords(
        footer="If you would rather not hear from us, tell us so; we will not write again.",
        link="Unsubscribe",
        question="Unsubscribe?",
        detail="We will send no more mail to {address}.",
        button="Unsubscribe",
        done="You are unsubscribed",
        done_detail="We will send no more mail to {address}.",
    ),
    MailLanguage.ES: WayOutWords(
        footer="Si prefiere no recibir más correos nuestros, díganoslo; no le escribiremos más.",
        link="Darse de baja",
        question="¿Darse de baja?",
        detail="No enviaremos más correos a {address}.",
        button="Darse de baja",
        done="Se ha dado de baja",
        done_detail="No enviaremos más correos a {address}.",
    ),
    MailLanguage.DE: WayOutWords(
        footer="Wenn Sie nichts mehr von uns hören möchten, sagen Sie es uns; wir schreiben dann nicht mehr.",
        link="Abmelden",
        question="Abmelden?",
        detail="Wir senden keine weiteren E-Mails an {address}.",
        button="Abmelden",
        done="Sie sind abgemeldet",
        done_detail="Wir senden keine weiteren E-Mails an {address}.",
    ),
    MailLanguage.FR: WayOutWords(
        footer="Si vous ne souhaitez plus recevoir nos messages, dites-le-nous ; nous ne vous écrirons plus.",
        link="Se désabonner",
        question="Se désabonner ?",
        detail="Nous n’enverrons plus de messages à {address}.",
        button="Se désabonner",
        done="Vous êtes désabonné",
        done_detail="Nous n’enverrons plus de messages à {address}.",
    ),
    MailLanguage.IT: WayOutWords(
        footer="Se preferisce non ricevere più nostre e-mail, ce lo dica: non le scriveremo più.",
        link="Annullare l’iscrizione",
        question="Annullare l’iscrizione?",
        detail="Non invieremo più e-mail a {address}.",
        button="Annullare l’iscrizione",
        done="Iscrizione annullata",
        done_detail="Non invieremo più e-mail a {address}.",
    ),
    MailLanguage.NL: WayOutWords(
        footer="Wilt u liever niets meer van ons horen, laat het ons weten; we schrijven u dan niet meer.",
        link="Afmelden",
        question="Afmelden?",
        detail="We sturen geen e-mail meer naar {address}.",
        button="Afmelden",
        done="U bent afgemeld",
        done_detail="We sturen geen e-mail meer naar {address}.",
    ),
    MailLanguage.PT: WayOutWords(
        footer="Se preferir não receber mais e-mails nossos, diga-nos; não voltaremos a escrever.",
        link="Cancelar a subscrição",
        question="Cancelar a subscrição?",
        detail="Não enviaremos mais e-mails para {address}.",
        button="Cancelar a subscrição",
        done="Subscrição cancelada",
        done_detail="Não enviaremos mais e-mails para {address}.",
    ),
}

FALLBACK = "en"


def language_of(*wanted: str | None) -> str:
    """The first of these languages (BCP 47) that we have words in."""
    for one in wanted:
        found = (one or "").partition("-")[0].lower()
        if found in WORDS:
            return found
    return FALLBACK


def footer_of(language: str, own_words: str, postal_address: str) -> str:
    """What stands below an automatic mail, but for the link: the organisation's words or ours, and its address."""
    lines = [own_words.strip() or WORDS[language].footer, postal_address.strip()]
    return "\n".join(line for line in lines if line)
