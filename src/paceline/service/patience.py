"""How long the service waits for a client that is slow, on purpose or not: for a request's head, its body, its reading.

Without these bounds a handful of clients that send a byte a minute would hold every place there is.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 15.0
"""Seconds from the first byte of a request, or from the connection, until its head is complete."""
BODY_S = 60.0
"""Seconds from a request's head until its body is complete; a body has 1 MiB at most."""
READING_S = 60.0
"""Seconds for which a client may leave unread what was sent; then its connection is broken."""
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class PatientProtocol(H11Protocol):
    """HTTP as h11 parses it, with an end to waiting."""

    head_s, body_s, reading_s = HEAD_S, BODY_S, READING_S

    _sending: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None
    _awaited: type[h11.SEND_BODY | h11.IDLE] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it so
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._await(h11.IDLE)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._await(None)
        self._has_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait for what is missing of the request."""
        super().data_received(data)
        state = self.conn.their_state
        if self.transport.is_closing():
            self._await(None)
        elif state is h11.SEND_BODY:
            self._await(h11.SEND_BODY)
        elif state is h11.IDLE and self.conn.trailing_data[0]:
            self._await(h11.IDLE)
        else:
            self._await(None)

    def pause_writing(self) -> None:
        """Begin to wait for the client to read."""
        super().pause_writing()
        if self._reading is None:
            self._reading = self.loop.call_later(self.reading_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: it has read."""
        self._has_read()
        super().resume_writing()

    def _has_read(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _await(self, part: type[h11.SEND_BODY | h11.IDLE] | None) -> None:
        """Wait for this part of a request; one that is waited for already gets no more time by a further byte."""
        if part is self._awaited:
            return
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None
        self._awaited = part
        if part is not None:
            limit_s = self.body_s if part is h11.SEND_BODY else self.head_s
            self._sending = self.loop.call_later(limit_s, self._give_up)

    def _give_up(self) -> None:
        if self.transport.is_closing():
            return
        if self.conn.our_state is h11.IDLE:
            self.transport.write(_TOO_SLOW)
        self.transport.close()
