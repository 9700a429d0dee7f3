"""What public pages say, in the visitor's language. Pure."""

from collections.abc import Mapping

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "sorry": "Sorry",
        "minutes": "{n} minutes",
        "choose": "Choose a time",
        "times_of": "Times on {day}",
        "zone": "Your time zone",
        "change": "Change",
        "earlier": "Earlier days",
        "later": "Later days",
        "none": "Nothing is free in these days.",
        "chosen": "Your time",
        "another": "Choose another time",
        "name": "Name",
        "email": "E-mail",
        "company": "Company",
        "note": "What is it about?",
        "book": "Book",
        "booked": "It is booked",
        "told": "An invitation goes to {email}.",
        "download": "Put it into your calendar",
        "manage": "Move it or call it off",
        "yours": "Your meeting",
        "move": "Move to this time",
        "moving": "Choose another time",
        "call_off": "Call it off",
        "calling_off": "You cannot come?",
        "why": "Why? (you may leave this empty)",
        "off": "This meeting is called off.",
        "over": "This meeting is over.",
        "moved": "It is moved.",
        "again": "Book again",
        "unknown": "There is nothing at this address. Please check the link.",
        "language": "Language",
        "trap": "Leave this empty",
    },
    "es": {
        "sorry": "Lo sentimos",
        "minutes": "{n} minutos",
        "choose": "Elija una hora",
        "times_of": "Horas del {day}",
        "zone": "Su zona horaria",
        "change": "Cambiar",
        "earlier": "Días anteriores",
        "later": "Días siguientes",
        "none": "No hay nada libre en estos días.",
        "chosen": "Su hora",
        "another": "Elegir otra hora",
        "name": "Nombre",
        "email": "Correo electrónico",
        "company": "Empresa",
        "note": "¿De qué se trata?",
        "book": "Reservar",
        "booked": "Está reservada",
        "told": "Enviamos una invitación a {email}.",
        "download": "Guardar en su agenda",
        "manage": "Cambiarla o anularla",
        "yours": "Su reunión",
        "move": "Cambiar a esta hora",
        "moving": "Elija otra hora",
        "call_off": "Anular",
        "calling_off": "¿No puede asistir?",
        "why": "¿Por qué? (puede dejarlo vacío)",
        "off": "Esta reunión está anulada.",
        "over": "Esta reunión ya pasó.",
        "moved": "Se ha cambiado.",
        "again": "Reservar de nuevo",
        "unknown": "No hay nada en esta dirección. Compruebe el enlace.",
        "language": "Idioma",
        "trap": "Deje esto vacío",
    },
}


def language_of(asked: str | None, accepted: str) -> str:
    """The language that is asked for, else the first that we know of those a browser accepts (RFC 9110)."""
    if asked is not None and asked in LANGUAGES:
        return asked
    for part in accepted.split(","):
        tag = part.partition(";")[0].strip().lower().partition("-")[0]
        if tag in LANGUAGES:
            return tag
    return "en"
