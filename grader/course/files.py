"""Files written whole or not at all."""

import os
import platform
from pathlib import Path


def write(path: Path, content: str | bytes) -> None:
    """Writes a file whole or not at all; a text is written in UTF-8, its line ends as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = partial(path)
    try:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def partial(path: Path) -> Path:
    """The name of a file while it is being written by this process."""
    return path.with_name(f".{path.name}.{platform.node()}-{os.getpid()}.part")
