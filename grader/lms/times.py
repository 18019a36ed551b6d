"""When was it handed in? The platform's own word where it has one, else the file's time where that
can be it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from grader.lms.names import CANVAS, Claim

MOMENT = timedelta(minutes=30)  # a class does not hand in within it, an archive is made within it


@dataclass(frozen=True)
class Trust:
    """Whether the times of the files in a download are those of the hand-in. words: why not."""

    words: str | None

    @staticmethod
    def of(found: Sequence[tuple[Claim, datetime | None]]) -> "Trust":
        """Archives that a platform makes often carry the moment of the download: all their times
        are close together, and Canvas's always do."""
        times = [time for claim, time in found if time and not claim.time]
        if not times:
            return Trust(None)
        if any(claim.platform == CANVAS for claim, _ in found):
            return Trust("Canvas writes the moment of the download into its archive")
        by_platform = any(claim.platform for claim, _ in found)
        if (len(times) > 1 or by_platform) and max(times) - min(times) < MOMENT:
            return Trust("all times lie within half an hour: that is the moment of the download")
        return Trust(None)

    def time(self, claim: Claim, of_file: datetime | None) -> datetime | None:
        """When a file was handed in; None when that is not known."""
        return claim.time or (None if self.words else of_file)
