"""Handing letters to an SMTP server (RFC 5321)."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Callable

from publish.mail.handover import Answer, BrokenError, Parcel, ServerError, answer
from publish.mail.settings import MailSettings

NOT_ABOUT_THE_LETTER = frozenset({421, 503, 530, 535, 538})
"""The server closes, or wants a login: true of every letter, whatever step it is said at (RFC 5321; RFC 4954, 6)."""
PATIENCE_AT_END = 10
"""Times the timeout: a server looks for spam then, and whoever does not wait sends a copy (RFC 5321, 4.5.3.2.6)."""


class SmtpServer:
    """A server to which one connection is held, made anew after a number of letters or when it broke."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None
        self._handed = 0

    def hand_over(self, parcel: Parcel, before_end: Callable[[], None]) -> Answer:
        """See Handover. A connection that served before and broke before the message's end is made anew once."""
        if self._handed >= self._settings.letters_per_connection:
            self.close()
        was_used = self._handed > 0
        is_at_end = False

        def at_end() -> None:
            nonlocal is_at_end
            is_at_end = True
            before_end()

        try:
            return self._hand_over(parcel, at_end)
        except (ServerError, BrokenError):
            # Servers close a connection that was idle, or had enough letters or wrong addresses.
            if not was_used or is_at_end:
                raise
        return self._hand_over(parcel, before_end)

    def close(self) -> None:
        """Say goodbye where somebody listens."""
        smtp, self._smtp, self._handed = self._smtp, None, 0
        if smtp:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def _hand_over(self, parcel: Parcel, before_end: Callable[[], None]) -> Answer:
        smtp = self._smtp = self._smtp or self._connect()
        is_unknown = False
        try:
            self._check(*smtp.mail(parcel.sender), step="MAIL FROM")
            if (said := smtp.rcpt(parcel.recipient))[0] // 100 != 2:
                return self._refused(answer("recipient", *said))
            if (said := smtp.docmd("DATA"))[0] != 354:
                return self._refused(answer("data", *said))
            smtp.send(parcel.message.replace(b"\r\n.", b"\r\n.."))
            # Not smtplib's data(): between the message and the dot that makes it the server's, the ledger is told.
            before_end()
            is_unknown = True
            self._be_patient(smtp, PATIENCE_AT_END)
            smtp.send(b".\r\n")
            said = smtp.getreply()
            self._be_patient(smtp, 1)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            raise BrokenError(f"{self._name}: {_reason(error)}", is_unknown=is_unknown) from error
        except BaseException:
            # A message without its last dot is thrown away by the server.
            self._drop()
            raise
        self._handed += 1
        told = answer("end", *said)
        return told if said[0] // 100 == 2 else self._refused(told)

    def _be_patient(self, smtp: smtplib.SMTP, times: int) -> None:
        if smtp.sock:
            smtp.sock.settimeout(self._settings.timeout * times)

    def _refused(self, told: Answer) -> Answer:
        """What was said of this letter alone; raises ServerError for what is said of all."""
        assert told.code is not None
        if told.code in NOT_ABOUT_THE_LETTER or not 400 <= told.code <= 599:
            self._drop()
            raise ServerError(f"{self._name} takes no letters now: {told.code} {told.text}")
        self._handed += 1
        if told.step != "end" and self._smtp:
            try:
                self._smtp.rset()
            except (smtplib.SMTPServerDisconnected, OSError):
                self._drop()
        return told

    def _check(self, code: int, text: bytes, *, step: str) -> None:
        if code != 250:
            self._drop()
            raise ServerError(f"{self._name} refuses {step}: {code} {answer('data', code, text).text}")

    def _connect(self) -> smtplib.SMTP:
        """A connection on which letters may be sent; raises ServerError."""
        settings = self._settings
        assert settings.host is not None
        # Not the machine's own name, for which smtplib would ask the DNS.
        ours = settings.sender.address.partition("@")[2]
        kept: list[smtplib.SMTP] = []
        try:
            if settings.security == "tls":
                context = ssl.create_default_context()
                kept.append(
                    smtplib.SMTP_SSL(settings.host, settings.smtp_port, ours, timeout=settings.timeout, context=context)
                )
            else:
                kept.append(smtplib.SMTP(settings.host, settings.smtp_port, ours, timeout=settings.timeout))
            smtp = kept[0]
            if settings.security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
            if settings.user and settings.password:
                smtp.login(settings.user, settings.password.get_secret_value())
        except (smtplib.SMTPException, OSError) as error:
            for each in kept:
                each.close()
            raise ServerError(f"{self._name}: {_reason(error)}") from error
        return smtp

    def _drop(self) -> None:
        if self._smtp:
            self._smtp.close()
        self._smtp, self._handed = None, 0

    @property
    def _name(self) -> str:
        return f"{self._settings.host}:{self._settings.smtp_port}"


def _reason(error: Exception) -> str:
    """One line for whoever runs the server or us."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"the login is refused: {_said(error)}"
        case smtplib.SMTPResponseException():
            return f"takes no letters now: {_said(error)}"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted: {error.verify_message}"
        case TimeoutError():
            return "no answer in time"
        case ConnectionRefusedError():
            return "nobody listens there"
        case smtplib.SMTPServerDisconnected():
            return "no answer in time" if "timed out" in str(error) else "broke the connection"
        case smtplib.SMTPNotSupportedError():
            return f"cannot do what data/mail.yml asks for: {error}"
    return str(error)


def _said(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
    return f"{error.smtp_code} {answer('data', error.smtp_code, text).text}"
