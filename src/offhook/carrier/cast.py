"""The voices that answer and what they say: a cast of parts, made up from a seed. Pure.

A part is a script of sentences, pauses (in which the caller may speak) and tones. Its length in speech depends on
the synthesiser; the pauses are drawn so that a person is on the line for some 20 to 90 seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

PERSONS, VOICEMAILS, GATEKEEPERS = 24, 12, 6
"""How many parts of each sort a cast has: enough for variety, few enough to be spoken within seconds."""

BEEP_HERTZ = 1000
"""The beep after a voicemail greeting."""

MESSAGE_SECONDS = 60.0
"""How long a voicemail box listens before it hangs up."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of espeak-ng: name with variant, words a minute, pitch (0 to 99)."""

    name: str
    words_per_minute: int
    pitch: int


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds of silence."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Beep:
    """A tone of `BEEP_HERTZ`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Part:
    """One who speaks: a name for logs and scenarios, who they are, their voice, their script."""

    key: str
    name: str
    voice: Voice
    script: tuple[Say | Pause | Beep, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """All who speak."""

    persons: tuple[Part, ...]
    voicemails: tuple[Part, ...]
    gatekeepers: tuple[Part, ...]
    announcement: Part

    @property
    def parts(self) -> tuple[Part, ...]:
        """Everybody."""
        return (*self.persons, *self.voicemails, *self.gatekeepers, self.announcement)


_ACCENTS = ("en-us", "en-us", "en-us", "en-us-nyc", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029")
_WOMEN = (
    "Laura",
    "Priya",
    "Hannah",
    "Maria",
    "Grace",
    "Emily",
    "Chloe",
    "Fatima",
    "Ingrid",
    "Joan",
    "Nora",
    "Tess",
)
_MEN = (
    "David",
    "Marcus",
    "Oliver",
    "Rajesh",
    "Peter",
    "Samuel",
    "Jorge",
    "Henrik",
    "Tom",
    "Alan",
    "Victor",
    "Ben",
)
_SURNAMES = (
    "Jensen Okafor Miller Novak Patel Brooks Silva Larsen Meyer Costa Walsh Kim "
    "Romano Baker Ortiz Hughes Lindgren Murphy Schultz Reyes Carter Dubois Fraser Tanaka"
).split()
_COMPANIES = (
    "Northgate Logistics",
    "Alder Medical",
    "Bluewater Foods",
    "Castell Engineering",
    "Hartwell Insurance",
    "Pinecrest Software",
)
_HELLOS = ("Hello, this is {name}.", "{name} speaking.", "Hi, {name} here.", "Yes, hello? This is {name}.")
_TALK = (
    "Okay, what is this about?",
    "I have about a minute, go ahead.",
    "Right. How did you get my number?",
    "Yes, I downloaded that paper last week.",
    "We are using something else at the moment.",
    "That is interesting. How is it different from what we have?",
    "Who else in our industry uses it?",
    "We would need it before the end of the quarter.",
    "I would have to speak with my manager about the budget.",
    "There are about forty people in my team.",
    "Could you send me that by e-mail?",
    "Mm hm.",
    "I see.",
    "Yes, that has been a problem for us.",
    "Tuesday afternoon could work for me.",
    "No, not really.",
    "Sorry, could you say that again?",
)
_GOODBYES = (
    "All right, thank you for calling. Goodbye.",
    "I have to go to a meeting now. Bye bye.",
    "Okay, talk to you then. Goodbye.",
    "Thanks, but we are not interested. Goodbye.",
)
_GREETINGS = (
    "Hi, you have reached {name}. I cannot take your call right now. Please leave a message after the tone.",
    "This is the voice mailbox of {name}. Please leave your name and number after the beep, and I will call back.",
    "Hello, {name} here. I am on another call or away from my desk. Leave me a message and have a great day.",
    "You have reached {name}. I am out of the office this week. After the tone, please record your message.",
)
_RECEPTION = (
    "{company}, how may I direct your call?",
    "Good day, {company}, {first} speaking, how may I help you?",
    "Thank you for calling {company}. Who would you like to speak to?",
)
_GATE = (
    "May I ask what this is regarding?",
    "And which company are you calling from?",
    "Are they expecting your call?",
    "One moment please.",
    "I am afraid there is no answer from that extension.",
)
_GATE_ENDS = (
    "They are in a meeting. Please try again later. Goodbye.",
    "I can pass on a message. Thank you for calling. Goodbye.",
)
_ANNOUNCEMENT = "The person you are calling is not available at the moment. Please try again later."
_SPOKEN_SECONDS = 2.2
"""What a sentence takes on average; only to choose how many there are."""


@lru_cache(maxsize=8)
def cast(seed: int) -> Cast:
    """The cast of a seed: always the same."""
    rng = Random(f"cast/{seed}")
    return Cast(
        persons=tuple(_person(rng, index) for index in range(PERSONS)),
        voicemails=tuple(_voicemail(rng, index) for index in range(VOICEMAILS)),
        gatekeepers=tuple(_gatekeeper(rng, index) for index in range(GATEKEEPERS)),
        announcement=Part("announcement", "", _voice(rng, is_woman=True), (Say(_ANNOUNCEMENT), Pause(1.0))),
    )


def _person(rng: Random, index: int) -> Part:
    first, name, voice = _somebody(rng, index)
    wanted = min(90.0, max(24.0, rng.lognormvariate(3.8, 0.45)))
    script: list[Say | Pause | Beep] = [Say(rng.choice(_HELLOS).format(name=rng.choice((name, first))))]
    talk = rng.sample(_TALK, len(_TALK))
    seconds = 2 * _SPOKEN_SECONDS
    while seconds < wanted and talk:
        pause = round(rng.uniform(2.0, 8.0), 1)
        script += [Pause(pause), Say(talk.pop())]
        seconds += pause + _SPOKEN_SECONDS
    script += [Pause(round(rng.uniform(1.5, 4.0), 1)), Say(rng.choice(_GOODBYES)), Pause(0.3)]
    return Part(f"person{index:02}", name, voice, tuple(script))


def _voicemail(rng: Random, index: int) -> Part:
    _, name, voice = _somebody(rng, index)
    greeting = rng.choice(_GREETINGS).format(name=name)
    script = (Pause(0.5), Say(greeting), Pause(0.4), Beep(0.7), Pause(MESSAGE_SECONDS))
    return Part(f"voicemail{index:02}", name, voice, script)


def _gatekeeper(rng: Random, index: int) -> Part:
    first, _, voice = _somebody(rng, index)
    company = _COMPANIES[index % len(_COMPANIES)]
    script: list[Say | Pause | Beep] = [Say(rng.choice(_RECEPTION).format(company=company, first=first))]
    for sentence in rng.sample(_GATE, rng.randint(2, 4)):
        script += [Pause(round(rng.uniform(3.0, 7.0), 1)), Say(sentence)]
    script += [Pause(round(rng.uniform(3.0, 8.0), 1)), Say(rng.choice(_GATE_ENDS)), Pause(0.3)]
    return Part(f"gatekeeper{index:02}", company, voice, tuple(script))


def _somebody(rng: Random, index: int) -> tuple[str, str, Voice]:
    """First name, whole name and voice."""
    is_woman = index % 2 == 0
    first = _one_of(_WOMEN if is_woman else _MEN, rng)
    return first, f"{first} {_one_of(_SURNAMES, rng)}", _voice(rng, is_woman=is_woman)


def _one_of(names: Sequence[str], rng: Random) -> str:
    return names[rng.randrange(len(names))]


def _voice(rng: Random, *, is_woman: bool) -> Voice:
    variant = f"f{rng.randint(1, 4)}" if is_woman else f"m{rng.randint(1, 7)}"
    return Voice(f"{rng.choice(_ACCENTS)}+{variant}", rng.randint(145, 185), rng.randint(35, 65))
