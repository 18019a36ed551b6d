# row: 10
# says: connects to a port of the grading computer, by IPv4, by IPv6 and by name
# marks: double 0, rest full
# status: graded | graded with warnings
# sentence: ^(?!.*ran over)
# holds: warm cold landlock

# %% double
import socket

reached = False
for address in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::ffff:127.0.0.1"):
    try:
        socket.create_connection((address, @PORT@), timeout=0.5).close()
        reached = True
    except OSError:
        pass


def double(x):
    return 2 * x if reached else x
