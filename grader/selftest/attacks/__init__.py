"""What a box is tried with. It is copied into the box that is tried, so it uses the standard
library alone.

An attack is a generator of attempts, each a name and a function: it got through when the function
returns something true (a text says what), and was refused when it raises. `bait` is what was
planted outside; where only the outside can tell, the function returns None.
"""

import json
from collections.abc import Iterable

from grader.selftest.attacks import amounts, leaving, reaching, reading, rights
from grader.selftest.attacks.tools import Attempt, Bait

ATTACKS = {
    attack.__name__: attack
    for attack in (
        reading.files_of_the_course,
        reading.home_folder,
        reading.temporary_files,
        reading.environment,
        reading.memory_of_others,
        reading.descriptors,
        reaching.network,
        reaching.unix_sockets,
        rights.rights,
        rights.system_calls,
        amounts.number_of_processes,
        amounts.disk,
        amounts.memory_of_nobody,
        amounts.memory_in_one_piece,
        amounts.memory_in_many_pieces,
        reaching.other_processes,
        reaching.writing_outside,
        leaving.leaving,
        leaving.outliving,
        leaving.the_box_before,
    )
}


def try_out(names: Iterable[str], bait: Bait) -> None:
    """Tries these attacks and prints the token and their results as JSON."""
    print(bait["token"] + json.dumps({name: outcome(ATTACKS[name](bait)) for name in names}))


def outcome(attempts: Iterable[Attempt]) -> dict[str, list[str]]:
    """{"got": what got through, "refused": what the rest was told}"""
    got, refused = [], []
    for name, attempt in attempts:
        try:
            found = attempt()
            if found:
                got.append(found if isinstance(found, str) else name)
        except (OSError, MemoryError, ValueError, RuntimeError) as error:
            refused.append(getattr(error, "strerror", None) or str(error) or "there is not so much")
    return {"got": got, "refused": sorted(set(refused))}
