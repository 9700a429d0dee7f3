"""Domains: which part of a host somebody registered, and whether it tells a company.

The public suffix list is the one that `tldextract` carries; nothing is fetched. An address at a free-mail
provider says nothing of a company; a page on somebody else's site (facebook.com/acme) is not a company's domain.
"""

import re
from functools import cache, lru_cache

import idna
from tldextract import TLDExtract

from offhook.people.normalise.values import LISTS, fold

_suffixes = TLDExtract(
    suffix_list_urls=(),
    cache_dir=None,
    include_psl_private_domains=True,
    extra_suffixes=("example",),  # RFC 2606: where the companies of demonstrations and documents live
)

_PLATFORMS = frozenset(
    "facebook.com fb.com linkedin.com twitter.com x.com instagram.com youtube.com tiktok.com pinterest.com "
    "yelp.com github.com gitlab.com medium.com about.me linktr.ee bit.ly goo.gl t.co crunchbase.com xing.com "
    "google.com yahoo.com bing.com wikipedia.org indeed.com glassdoor.com meetup.com eventbrite.com etsy.com "
    "ebay.com amazon.com vk.com weibo.com".split()
)
"""Sites that give pages to others: with a path after it, the domain is not the company's."""

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:/*", re.IGNORECASE)


@cache
def free_domains() -> frozenset[str]:
    """Domains at which anybody can have an address."""
    return _list("free.txt")


@cache
def disposable_domains() -> frozenset[str]:
    """Domains of throw-away addresses."""
    return _list("disposable.txt")


def _list(name: str) -> frozenset[str]:
    return frozenset((LISTS / name).read_text(encoding="utf-8").split())


def is_free_mail(domain: str) -> bool:
    """Whether anybody can have an address at this ASCII domain; throw-away providers count."""
    return domain in free_domains() or domain in disposable_domains()


def is_disposable_mail(domain: str) -> bool:
    """Whether addresses at this ASCII domain are thrown away after use."""
    return domain in disposable_domains()


@lru_cache(maxsize=65536)
def registrable(host: str) -> str | None:
    """The registrable domain of a host in ASCII, lower case; None for addresses of machines and bare suffixes.

    `www.stock.walmart.com` gives `walmart.com`, `shop.acme.co.uk` gives `acme.co.uk`.
    """
    found = _suffixes.extract_str(host.strip().rstrip("."))
    if not found.domain or not found.suffix:
        return None
    return _in_ascii(f"{found.domain}.{found.suffix}")


def _in_ascii(domain: str) -> str | None:
    if domain.isascii():
        return domain.lower() if re.fullmatch(r"[A-Za-z0-9.-]+", domain) else None
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return None


@lru_cache(maxsize=65536)
def company_domain_of_mail(domain: str) -> str | None:
    """The registrable domain of a company's mail; None for free and throw-away mail."""
    if is_free_mail(domain):
        return None
    found = registrable(domain)
    return None if found is None or is_free_mail(found) else found


@lru_cache(maxsize=65536)
def company_domain_of_website(website: str, company: str = "") -> str | None:
    """The registrable domain of a company's web site; None where the site is only a page on another's.

    A mail provider's domain is believed only of a company that bears its name.
    """
    bare = _SCHEME.sub("", website.strip())
    host, _, path = bare.partition("/")
    found = registrable(host.partition("?")[0].rpartition("@")[2].partition(":")[0])
    if found is None:
        return None
    if found in _PLATFORMS and (path.strip("/") or host.lower().startswith("sites.")):
        return None
    if is_free_mail(found):
        label = found.partition(".")[0]
        return found if label in fold(company).replace(" ", "") else None
    return found


@lru_cache(maxsize=65536)
def ascii_domain(domain: str) -> str:
    """A host as it stands in the domain name system: `bücher.example` is `xn--bcher-kva.example`."""
    return domain if domain.isascii() else (_in_ascii(domain) or domain)
