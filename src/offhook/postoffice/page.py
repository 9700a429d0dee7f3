"""A page of all that was sent: what people outside got, how it looks there, and an answer as one of them.

It is for whoever sits at this machine: it listens on loopback only, and asks nobody who they are.
"""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Protocol
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from liquid import Environment, FileSystemLoader
from starlette.middleware.trustedhost import TrustedHostMiddleware

from offhook.kernel.errors import NotFound, Unavailable
from offhook.postoffice.answering import Manner, manner_of
from offhook.postoffice.boxes import Kept
from offhook.postoffice.letters import body, header, headers

LONGEST_ANSWER = 10_000
_PATIENCE = 20.0
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-src 'self'"

_WORDS = {
    Manner.SILENT: "do not answer",
    Manner.INTERESTED: "answer: want a call",
    Manner.ASKS: "answer: ask something",
    Manner.NOT_NOW: "answer: not now",
    Manner.AWAY: "are out of office",
    Manner.GONE: "are not there: it came back",
}


class Office(Protocol):
    """What the page shows."""

    def received(self) -> list[Kept]:
        """What was sent to people outside, the newest first."""
        ...

    def one(self, address: str, key: str) -> Kept:
        """One of these. Raises `NotFound`."""
        ...

    def answer(self, address: str, key: str, words: str) -> None:
        """Write back as the person who got it."""
        ...


_templates = Environment(autoescape=True, loader=FileSystemLoader(Path(__file__).parent / "pages"))


def page_of(office: Office) -> FastAPI:
    """The page's application."""
    app = FastAPI(openapi_url=None)
    # Else a page elsewhere, its name pointed at this machine, could read on (DNS rebinding).
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])

    @app.get("/")
    def show_all() -> HTMLResponse:
        return _page(_templates.get_template("mails.html").render(mails=[_line(one) for one in office.received()]))

    @app.get("/mail")
    def show(address: str, key: str) -> HTMLResponse:
        one = _found(office, address, key)
        told = {"text": body(one.mail, "plain"), "html": body(one.mail, "html"), "headers": headers(one.mail)}
        return _page(_templates.get_template("mail.html").render(mail=_line(one), **told))

    @app.post("/mail")
    def answer(
        address: str, key: str, words: Annotated[str, Form(max_length=LONGEST_ANSWER)], request: Request
    ) -> RedirectResponse:
        if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
            raise HTTPException(403, "Only from this page.")
        _found(office, address, key)
        office.answer(address, key, words)
        return RedirectResponse("/", 303)

    return app


def _found(office: Office, address: str, key: str) -> Kept:
    try:
        return office.one(address, key)
    except NotFound as missing:
        raise HTTPException(404, str(missing)) from missing


def _page(html: str) -> HTMLResponse:
    return HTMLResponse(html, headers={"content-security-policy": _POLICY})


def _line(one: Kept) -> dict[str, str | bool]:
    manner, sender = manner_of(one.address), header(one.mail, "From")
    return {
        "at": f"{one.at:%Y-%m-%d %H:%M:%S}",
        "to": one.address,
        "from": sender,
        "by": parseaddr(sender)[0] or sender,
        "subject": header(one.mail, "Subject") or "(no subject)",
        "manner": _WORDS[manner],
        "is_there": manner is not Manner.GONE,
        "path": f"/mail?{urlencode({'address': one.address, 'key': one.key})}",
    }


@contextmanager
def serve_page(office: Office, host: str, port: int) -> Generator[None]:
    """Serve it for as long as the `with` lasts. Raises `Unavailable` when it does not begin."""
    config = uvicorn.Config(page_of(office), host=host, port=port, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="post-page", daemon=True)
    thread.start()
    until = time.monotonic() + _PATIENCE
    while not server.started:
        if time.monotonic() > until or not thread.is_alive():
            raise Unavailable("The page of the virtual post office did not begin to be served.")
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)
