"""What is heard of e-mails: their senders' words, whatever the program."""

from __future__ import annotations

import re

import pytest

from common.contract import SourceKind
from common.text.blocks import BlockKind
from functions.content_harvester import source_email
from functions.content_harvester.kinds import kind_of
from functions.content_harvester.sandbox import read
from functions.content_harvester.source import Document, Source, Unreadable

EVENING = "The keeper climbed the tower each evening and lit the lamp."
KEY = "Nobody else had the key to the stair."
WHO = "Who has the key these days?"


def mail(body: str, kind: str = "text/plain", subject: str = "The lamp", sender: str = "Ann Other") -> str:
    return (
        f"From: {sender} <ann@light.example>\nSubject: {subject}\nDate: Tue, 4 Mar 2025 10:00:00 +0000\n"
        f"MIME-Version: 1.0\nContent-Type: {kind}\n\n{body}"
    )


def parts(kind: str, *bodies: tuple[str, str]) -> tuple[str, str]:
    """A body of several parts, and its type."""
    told = "".join(f"--b\nContent-Type: {of}\n\n{body}\n" for of, body in bodies)
    return f"{told}--b--\n", f"multipart/{kind}; boundary=b"


def only(message: str, *, end: str = "\n") -> Source:
    document = Document(message.replace("\n", end).encode(), "", "a.eml")
    assert kind_of(document) is SourceKind.EMAIL
    (source,) = read(SourceKind.EMAIL, document).sources
    return source


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_of_an_email_what_its_sender_wrote_is_heard(kind: str, end: str) -> None:
    body = f"{EVENING}\n\nOn Monday, Ben wrote:\n> {WHO}\n\n{KEY}\n-- \nAnn Other\nHarbour Office"
    if kind == "html":
        body = f"<p>{EVENING}</p><p>{KEY}</p>"
    source = only(mail(body, f"text/{kind}", "=?utf-8?q?The_l=C3=A4mp?="), end=end)
    assert (source.title, source.author, source.date) == ("The lämp", "Ann Other", "2025-03-04")
    assert source.text == f"{EVENING}\n\n{KEY}"


def test_a_text_that_names_a_sender_is_no_email() -> None:
    assert kind_of(Document(b"From: the beginning\n\nThe keeper climbed the tower.\n")) is SourceKind.TEXT


HEADER = "From: Ben <ben@light.example>\nSent: Monday, 3 March 2025 09:00\nTo: Ann\nSubject: The lamp"
SHOWN_HEADER = HEADER.replace("<", "&lt;").replace("\n", "<br>")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"{EVENING}\n\n{KEY}\n\nOn Mon, 3 Mar 2025 at 09:00, Ben <ben@x.example>\nwrote:\n\n> {WHO}", "text/plain"),
        (f"{EVENING}\n\n{KEY}\n\n{HEADER}\n\n{WHO}", "text/plain"),
        (f"{EVENING}\n\n{KEY}\n\n-----Original Message-----\n{HEADER}\n\n{WHO}", "text/plain"),
        (f"<p>{EVENING}</p><p>{KEY}</p><blockquote type=cite>{WHO}</blockquote>", "text/html"),
        (f"<div>{EVENING}</div><div>{KEY}</div><div class='gmail_quote'><div class='gmail_attr'>On Mon, 3 Mar 2025, "
         f"Ben &lt;b@x.example&gt; wrote:<br></div><blockquote>{WHO}</blockquote></div>", "text/html"),
        (f"<p>{EVENING}</p><p>{KEY}</p><p>{SHOWN_HEADER}</p><p>{WHO}</p>", "text/html"),
    ],
    ids=["folded", "outlook", "original", "cited", "gmail", "outlook html"],
)  # fmt: skip
def test_what_is_answered_is_not_said_again(body: str, kind: str) -> None:
    source = only(mail(body, kind))
    assert source.text == f"{EVENING}\n\n{KEY}"
    assert source.left_out["quoted line"] > 0


@pytest.mark.parametrize("comment", ["", f"{KEY}\n\n"])
@pytest.mark.parametrize("mark", ["", "---------- Forwarded message ---------\n"])
def test_what_is_handed_on_is_told_without_its_header(mark: str, comment: str) -> None:
    source = only(mail(f"{comment}{mark}{HEADER}\n\n{EVENING}", subject="Fwd: The lamp"))
    assert source.text == f"{comment}{EVENING}"


def test_a_message_that_is_attached_is_told() -> None:
    body, kind = parts("mixed", ("text/plain", KEY), ("message/rfc822", mail(EVENING)))
    assert only(mail(body, kind)).text == f"{KEY}\n\n{EVENING}"


def test_all_parts_of_a_text_are_told_and_attachments_counted() -> None:
    body, kind = parts("mixed", ("text/plain", EVENING), ("image/png", "x"), ("text/plain", f"{KEY}\n\n- oil\n- gas"))
    source = only(mail(body, kind))
    assert source.text == f"{EVENING}\n\n{KEY}\n\noil\n\ngas"
    assert [block.kind for block in source.blocks][2:] == [BlockKind.ITEM] * 2
    assert source.left_out == {"attachment": 1}


def test_a_newsletter_is_told_as_it_is_shown() -> None:
    plain = "View in browser https://n.example/1\n\nhttps://n.example/2\n\nTop https://n.example/3"
    text = f"<table><tr><td><h2>The lamp</h2><p>{EVENING}</p></td></tr></table>"
    rows = ("<a>View this email in your browser</a>", text, "You get this each week. <a>Unsubscribe</a>")
    shown = "".join(f"<tr><td>{row}</td></tr>" for row in rows)
    shown = f"<div style='display:none'>Hidden.</div><table>{shown}</table>"
    body, kind = parts("alternative", ("text/plain", plain), ("text/html", shown))
    assert only(mail(body, kind, "Weekly")).text == f"The lamp\n\n{EVENING}"


def test_lines_that_flow_are_one_paragraph() -> None:
    text = "The keeper climbed the tower \neach evening and \nlit the lamp.\nAnn"
    assert only(mail(text, "text/plain; format=flowed")).text.startswith(EVENING)


def test_a_mailbox_is_a_conversation_of_its_senders() -> None:
    envelope = "From ann@light.example Tue Mar  4 10:00:00 2025\n"
    first = f"{envelope}{mail(f'{EVENING}{chr(10)}>From then on it burned.')}\n\n"
    second = f"{envelope}{mail(KEY, subject='Re: The lamp', sender='Ben')}\n"
    source = only(first + second)
    assert source.title == "The lamp"
    assert [(block.speaker, block.text) for block in source.blocks] == [
        ("Ann Other", f"{EVENING} From then on it burned."),
        ("Ben", KEY),
    ]


def test_of_a_large_mailbox_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_email, "MAX_MESSAGES", 2)
    source = only("".join(f"From a@b.example Tue Mar  4 10:00:00 2025\n{mail(EVENING)}\n\n" for _ in range(5)))
    assert source.left_out == {"message": 3}


def test_an_email_of_attachments_alone_is_empty() -> None:
    body, kind = parts("mixed", ("image/png", "x"))
    with pytest.raises(Unreadable) as raised:
        only(mail(body, kind))
    assert raised.value.code == "source_empty"


ENDS = [
    ("Kind regards,", "Sent from my iPhone", "If you are not the intended recipient, please delete this message."),
    ("Mit freundlichen Grüßen", "Von meinem iPhone gesendet", "Diese Mail enthält vertrauliche Informationen."),
    ("Cordialement,", "Envoyé de mon iPhone", "Ce message est confidentiel et destiné à son seul destinataire."),
    ("Un saludo,", "Enviado desde mi iPhone", "Mensaje confidencial, dirigido a su destinatario."),
    ("Atenciosamente,", "Enviado do meu iPhone", "Esta mensagem é confidencial, só para o seu destinatário."),
    ("Cordiali saluti", "Inviato da iPhone", "Messaggio riservato al solo destinatario."),
]


@pytest.mark.parametrize(("closing", "added", "notice"), ENDS)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_below_its_closing_and_name_a_message_is_over(kind: str, closing: str, added: str, notice: str) -> None:
    signature = [closing, "Ann Other", "Harbour Office", "+44 20 1234 5678", "www.harbour.example"]
    body = "\n\n".join([EVENING, "\n".join(signature), "PS: It is cold.", added, notice])
    if kind == "html":
        body = f"<p>{EVENING}</p><p>{'<br>'.join(signature)}</p><p>PS: It is cold.</p><p>{added}</p><p>{notice}</p>"
    source = only(mail(body, f"text/{kind}; charset=utf-8"))
    assert re.findall(r"\w+", source.text) == re.findall(r"\w+", f"{EVENING} {closing} Ann Other PS: It is cold.")


@pytest.mark.parametrize("said", ["Thanks, and the lamp is lit again since Tuesday.", f"Best,\n\n{KEY}", "Cheers."])
def test_what_is_said_below_thanks_is_told(said: str) -> None:
    assert only(mail(f"{EVENING}\n\n{said}")).text == f"{EVENING}\n\n{said}"


@pytest.mark.parametrize(
    "subject", ["Re: The lamp", "AW: RE: The lamp", "Fwd: The lamp", "RIF: The lamp", "Rép : The lamp"]
)
def test_a_message_is_called_what_it_is_about(subject: str) -> None:
    assert only(mail(EVENING, subject=subject)).title == "The lamp"


@pytest.mark.parametrize("wrote", ["Ben wrote:", "Ben schrieb:", "Ben a écrit :", "Ben escribió:", "Ben ha scritto:"])
def test_who_wrote_what_is_quoted_is_not_said(wrote: str) -> None:
    assert only(mail(f"{wrote}\n\n> {WHO}\n\n{KEY}")).text == KEY


def test_buttons_and_what_is_below_the_footer_are_not_heard() -> None:
    footer = "<p>You are receiving this because you asked.</p><p>Light Ltd, 1 Quay, Dover</p>"
    assert only(mail(f"<p>{EVENING}</p><p><a>Read more</a></p><p>{KEY}</p>{footer}", "text/html")).text == (
        f"{EVENING}\n\n{KEY}"
    )


def test_a_signed_message_is_told_without_its_signature() -> None:
    signed = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{EVENING}\n\n- -- \nAnn\n"
    assert only(mail(f"{signed}-----BEGIN PGP SIGNATURE-----\n\niQEz=\n-----END PGP SIGNATURE-----")).text == EVENING


@pytest.mark.parametrize(
    "around",
    [
        "<div style='font-size:0px;line-height:0'>{}</div>",
        "<table width=600><tr><td>&nbsp;</td><td>{}</td></tr></table>",
        "<table><tr><td><table><tr><td style='font-size:0'><div style='font: 14px Arial'>{}</div></td></tr></table>"
        "</td></tr></table>",
        "<table><tr><th align=left>The harbour</th></tr><tr><td>{}</td></tr></table>",
    ],
)
def test_a_table_that_only_lays_a_mail_out_is_its_text(around: str) -> None:
    body = around.format("".join(f"<div style='font-size:13px'>{text}</div>" for text in (EVENING, KEY)))
    told = only(mail(body, "text/html")).blocks
    assert [(block.kind, block.text) for block in told][-2:] == [
        (BlockKind.PARAGRAPH, EVENING),
        (BlockKind.PARAGRAPH, KEY),
    ]


def test_rows_below_each_other_are_paragraphs() -> None:
    rows = "".join(f"<tr><td></td><td>{text}</td></tr>" for text in ("Dear Ben,", EVENING, KEY))
    assert [block.text for block in only(mail(f"<table>{rows}</table>", "text/html")).blocks] == [
        "Dear Ben,",
        EVENING,
        KEY,
    ]


FRAMES = [
    (
        "View this email in your browser (https://mailchi.mp/x?e=1)",
        "You are receiving this email because you opted in.",
    ),
    ("View this post on the web at https://light.example/p/lamp", "Unsubscribe https://light.example/off?token=1"),
    ("Im Browser ansehen <https://light.example/1>", "Newsletter abbestellen <https://light.example/2>"),
]


@pytest.mark.parametrize(("above", "below"), FRAMES)
def test_a_newsletter_in_plain_text_is_heard_without_its_frame(above: str, below: str) -> None:
    body = f"{above}\n\n** The lamp\n-----------------\n\n{EVENING} (https://light.example/a)\n\nRead more (https://light.example/b)\n\n"
    body += f"{KEY}\n\n===========\n** Facebook (https://facebook.com/l)\n** Website (https://light.example)\n\n"
    body += f"{below}\n\nOur mailing address is:\n1 Pier Road\nHull\n"
    source = only(mail(body))
    assert [block.text for block in source.blocks] == [EVENING, KEY]


def test_a_mail_that_is_its_table_is_told_row_by_row_up_to_a_limit() -> None:
    rows = "".join(f"<tr><td>Lamp {number}</td><td>{number} m</td></tr>" for number in range(250))
    table = f"<table><tr><th>Name</th><th>Height</th></tr>{rows}</table>"
    source = only(mail(f"<p>The lamps:</p>{table}", "text/html"))
    assert source.text.startswith("The lamps:\n\nName: Lamp 0, Height: 0 m.\n\nName: Lamp 1,")
    assert source.left_out == {"row": 50}
    among = only(mail(f"<p>{EVENING * 200}</p>{table}", "text/html"))
    assert (among.text.split("\n\n"), among.left_out) == ([EVENING * 200], {"table": 1})
