# row: 23
# says: control sequences for terminals, in outputs and in an error
# marks: double 0, rest full
# status: graded | graded with warnings
# page not: [\x00-\x08\x0b\x0c\x0e-\x1f]
# holds: warm cold landlock

# %% double
BOMB = "\x1b]0;planted\x07\x1b[2J\x1b[?1049h\x1b]8;;javascript:alert(1)\x07click\x1b]8;;\x07\x1b]52;c;cGxhbnRlZA==\x07\x08\x0b"
print(BOMB)
print("\x1b[38;5;196;1;4;5m" * 20_000)


def double(x):
    raise ValueError(BOMB)
