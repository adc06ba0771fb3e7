"""Pure: the pages of an installation, as small as they can be; each says what to do next.

They work without their style sheet, without scripts and on a narrow screen; everything that
came from elsewhere is escaped.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

#: Where the style sheet is.
STYLE_PATH = "/slack/install.css"
#: What every page is sent with: it loads its style sheet and nothing else, and nobody keeps it.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
STYLE = """\
:root { color-scheme: light dark; }
body {
  font: 1.125rem/1.6 system-ui, sans-serif;
  max-width: 38rem;
  margin: 0 auto;
  padding: 2rem 1rem;
  overflow-wrap: anywhere;
}
h1 { font-size: 1.6rem; line-height: 1.25; }
a.next {
  display: inline-block;
  padding: 0.7rem 1.2rem;
  border-radius: 0.4rem;
  background: #1f4e5f;
  color: #fff;
}
a:focus-visible { outline: 3px solid; outline-offset: 3px; }
"""

_PAGE = """\
<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - Skerry</title>
<link rel="stylesheet" href="install.css">
</head>
<body>
<main>
<h1>{title}</h1>
{paragraphs}
{next}</main>
</body>
</html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says."""

    title: str
    paragraphs: tuple[str, ...]
    #: Where its link leads and what it says; empty for a page without one.
    link: str = ""
    label: str = ""
    status: int = 200


def drawn(page: Page) -> str:
    """A page as HTML."""
    paragraphs = "\n".join(f"<p>{escape(each)}</p>" for each in page.paragraphs)
    following = ""
    if page.link:
        following = f'<p><a class="next" href="{escape(page.link)}">{escape(page.label)}</a></p>\n'
    return _PAGE.format(title=escape(page.title), paragraphs=paragraphs, next=following)


def beginning(consent: str) -> Page:
    """Where it begins."""
    return Page(
        title="Bring Skerry to your Slack workspace",
        paragraphs=(
            (
                "Skerry asks a few gentle questions about what people do. Each answers in a chat "
                "of their own, and nobody else in Skerry can read it."
            ),
            (
                "Next, Slack shows what Skerry may do in your workspace, and asks you; it may "
                "ask an administrator first. Go on within ten minutes, in this browser."
            ),
        ),
        link=consent,
        label="Go on to Slack",
    )


def welcomed(name: str, opening: str) -> Page:
    """It is done."""
    return Page(
        title=f"Skerry is in {name}",
        paragraphs=(
            (
                "Skerry is in your workspace now. It writes to nobody who has not opened its chat "
                "or written to it first."
            ),
            "Open it in Slack and say hello: you are the first. Others find it among the apps.",
        ),
        link=opening,
        label="Open Skerry in Slack",
    )


_AGAIN = "Begin again"


def declined(again: str) -> Page:
    """Whoever was asked said no."""
    return Page(
        title="Skerry was not added",
        paragraphs=("You said no to Slack's question, so nothing has changed.",),
        link=again,
        label="Ask me once more",
        status=403,
    )


def lost(again: str) -> Page:
    """Nobody with that state ever set out from this browser, or too long ago."""
    return Page(
        title="This link is used up",
        paragraphs=(
            "Skerry was not added.",
            "Each link from Slack is good once, for ten minutes, and in one browser alone.",
        ),
        link=again,
        label=_AGAIN,
        status=400,
    )


def spent(again: str) -> Page:
    """The code is no good any more."""
    return Page(
        title="Slack did not accept this",
        paragraphs=(
            "Skerry was not added: Slack says that the answer it gave you is used up already.",
        ),
        link=again,
        label=_AGAIN,
        status=400,
    )


def away(again: str) -> Page:
    """Slack does not answer."""
    return Page(
        title="Slack does not answer just now",
        paragraphs=("Skerry was not added. Wait a few minutes, then begin again.",),
        link=again,
        label=_AGAIN,
        status=503,
    )


def crowded(again: str) -> Page:
    """Too many at once."""
    return Page(
        title="Too many at once",
        paragraphs=("Many people ask for this just now. Wait a minute, then begin again.",),
        link=again,
        label=_AGAIN,
        status=429,
    )


def trouble(again: str) -> Page:
    """Something of ours failed."""
    return Page(
        title="Skerry could not keep this",
        paragraphs=("Skerry was not added. Wait a few minutes, then begin again.",),
        link=again,
        label=_AGAIN,
        status=503,
    )


def too_little(missing: tuple[str, ...], again: str) -> Page:
    """Not everything was allowed that is needed."""
    return Page(
        title="Skerry needs a little more",
        paragraphs=(
            (
                "Skerry was not added: something that it needs was not allowed. It is missing "
                f"{', '.join(missing)}."
            ),
            (
                "Begin again and allow everything on Slack's page. If nothing was left out there, "
                "whoever runs Skerry must add these scopes to the app at Slack."
            ),
        ),
        link=again,
        label=_AGAIN,
        status=403,
    )


def whole_organisation(again: str) -> Page:
    """An organisation of several workspaces let us in as one."""
    return Page(
        title="One workspace at a time",
        paragraphs=(
            "Skerry was not added: it cannot be added to a whole organisation at once.",
            "Begin again, and on Slack's page choose one workspace, at the top on the right.",
        ),
        link=again,
        label=_AGAIN,
        status=403,
    )


def misset(reason: str) -> Page:
    """Our own settings are wrong."""
    return Page(
        title="Skerry is not set up for this yet",
        paragraphs=(
            "Skerry was not added, and nothing you can do here will change that.",
            (
                f"Please tell whoever runs Skerry: Slack says {reason}. What to do about it is in "
                "docs/slack.md, under Troubleshooting."
            ),
        ),
        status=500,
    )
