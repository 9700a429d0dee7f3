"""What one types to find somebody, as SQL: who has words in their name that begin so, or such an address.

Typed words are read by `name_words` (0017_search.sql), which read the written ones too. The typed word that fewest
have is looked for along the indexes of words, where it means very many together with the next; all of them have to
hold of who is found. A single word that means very many, as one letter or "inc" does, is looked for along the
names instead, where one meets enough of them soon. Ranges are compared plainly, so that an index serves them under
row-level security.
"""

from dataclasses import dataclass
from typing import LiteralString

from offhook.kernel.database import Transaction

MANY = 5_000
"""From so many on, walking along the names meets a page of them sooner than all of them are put in order."""

_AFTER_ALL = "\U0010ffff"
"""Sorts after every character that a name can hold."""

_WORDS: LiteralString = (
    "SELECT word, (SELECT count(*) FROM (SELECT FROM person_word AS w WHERE w.word >= typed.word"
    "   AND w.word < typed.word || %(after_all)s LIMIT %(most)s) AS p)"
    " + (SELECT count(*) FROM (SELECT FROM account_word AS w CROSS JOIN LATERAL"
    "   (SELECT FROM person WHERE account_id = w.account_id LIMIT %(most)s) AS p"
    "   WHERE w.word >= typed.word AND w.word < typed.word || %(after_all)s LIMIT %(most)s) AS p) AS persons,"
    " (SELECT count(*) FROM (SELECT FROM account_word AS w WHERE w.word >= typed.word"
    "   AND w.word < typed.word || %(after_all)s LIMIT %(most)s) AS a) AS accounts"
    ' FROM (SELECT word COLLATE "C" FROM unnest(name_words(%(typed)s)) AS word) AS typed'
)
_ADDRESSES: LiteralString = (
    "SELECT count(*) FROM (SELECT FROM contact_point WHERE kind = 'email' AND value >= %(address)s"
    " AND value < %(address_end)s LIMIT %(most)s) AS c"
)
_ALL_WORDS: LiteralString = (
    "NOT EXISTS (SELECT FROM unnest(%(words)s::text[]) AS typed WHERE NOT EXISTS"
    " (SELECT FROM unnest(name_words({names})) AS word WHERE starts_with(word, typed)))"
)


_HAVE_WORD: LiteralString = (
    "(SELECT person_id FROM person_word WHERE word >= %({word})s AND word < %({word}_end)s"
    " UNION SELECT at.id FROM account_word AS w CROSS JOIN LATERAL"
    "  (SELECT id FROM person WHERE account_id = w.account_id OFFSET 0) AS at"
    "  WHERE w.word >= %({word})s AND w.word < %({word}_end)s)"
)
_HAVE_RAREST: LiteralString = _HAVE_WORD.format(word="rarest")
_HAVE_BOTH: LiteralString = _HAVE_RAREST + " INTERSECT " + _HAVE_WORD.format(word="next")
_OR_ADDRESS: LiteralString = (
    " UNION SELECT person_id FROM contact_point"
    "  WHERE kind = 'email' AND value >= %(address)s AND value < %(address_end)s) AS found (id)"
    " CROSS JOIN LATERAL (SELECT * FROM person WHERE id = found.id LIMIT 1) AS p"
)
_ALL_PERSONS: LiteralString = "person AS p"
_AT_ACCOUNT: LiteralString = (
    " LEFT JOIN LATERAL (SELECT name FROM account WHERE id = p.account_id LIMIT 1) AS a ON true"
)
_PERSON_SO_FOUND: LiteralString = (
    " AND ("
    + _ALL_WORDS.format(names="concat_ws(' ', p.first_name, p.last_name, p.full_name, a.name)")
    + " OR EXISTS (SELECT FROM contact_point AS c WHERE c.person_id = p.id AND c.kind = 'email'"
    "  AND c.value >= %(address)s AND c.value < %(address_end)s))"
)
_ACCOUNTS: LiteralString = (
    "(SELECT DISTINCT account_id FROM account_word WHERE word >= %(rarest)s AND word < %(rarest_end)s)"
    " AS found (id) CROSS JOIN LATERAL (SELECT * FROM account WHERE id = found.id LIMIT 1) AS a"
)
_ALL_ACCOUNTS: LiteralString = "account AS a"
_ACCOUNT_SO_FOUND: LiteralString = " AND " + _ALL_WORDS.format(names="a.name")


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: a FROM clause, a condition, and the values of both."""

    source: LiteralString
    condition: LiteralString
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class _Word:
    word: str
    persons: int
    accounts: int


def persons_search(tx: Transaction, typed: str) -> Search:
    """Persons, as `p`. Indexes: person_word_word, account_word_word, contact_point_value; person_name for many."""
    words = sorted(_words(tx, typed), key=lambda one: one.persons)
    address = typed.strip().lower()
    values = _values(words) | _range("address", address)
    found = (words[0].persons if words else 0) + (tx.scalar(int, _ADDRESSES, **values) or 0)
    if found < MANY:
        source = "(" + _HAVE_RAREST + _OR_ADDRESS
    elif len(words) > 1:
        source = "(" + _HAVE_BOTH + _OR_ADDRESS
    else:
        source = _ALL_PERSONS
    return Search(source + _AT_ACCOUNT, _PERSON_SO_FOUND, values)


def accounts_search(tx: Transaction, typed: str) -> Search:
    """Accounts, as `a`. Indexes: account_word_word; account_name for many."""
    words = sorted(_words(tx, typed), key=lambda one: one.accounts)
    is_walk = len(words) == 1 and words[0].accounts >= MANY
    return Search(_ALL_ACCOUNTS if is_walk else _ACCOUNTS, _ACCOUNT_SO_FOUND, _values(words))


def _words(tx: Transaction, typed: str) -> list[_Word]:
    """The typed words, each with how many it finds, counted no further than MANY."""
    return tx.rows(_Word, _WORDS, typed=typed, after_all=_AFTER_ALL, most=MANY)


def _values(words: list[_Word]) -> dict[str, object]:
    """What the statements ask of words, the rarest first; of no words, ranges of nothing."""
    rarest, following = [*(one.word for one in words[:2]), "", ""][:2]
    return (
        {"words": [one.word for one in words], "most": MANY} | _range("rarest", rarest) | _range("next", following)
    )


def _range(name: str, text: str) -> dict[str, object]:
    return {name: text, f"{name}_end": text + _AFTER_ALL if text else ""}
