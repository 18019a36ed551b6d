"""`say(text)`: prose of a lecture that contains numbers of this very run."""

from inspect import cleandoc

from IPython.display import Markdown, display


def say(text):
    """Show `text` as markdown; an f-string puts the numbers in.

    >>> say(f"The masked product took **{masked / dense:.2f}** times as long as the dense one.")
    """
    display(Markdown(cleandoc(text)))
