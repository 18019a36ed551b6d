"""Files written whole or not at all."""

import os
import platform


def write(path, text):
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = partial(path)
    temporary.write_text(text, encoding="utf-8", newline="")
    os.replace(temporary, path)


def partial(path):
    """The name of a file while it is being written by this process."""
    return path.with_name(f".{path.name}.{platform.node()}-{os.getpid()}.part")
