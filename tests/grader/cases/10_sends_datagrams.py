# row: 10
# says: sends what it knows by UDP and to an abstract unix socket
# marks: rest full
# status: graded | graded with warnings
# sentence: ^(?!.*ran over)
# holds: warm cold landlock

# %% double
import socket

for family, address in ((socket.AF_INET, ("127.0.0.1", @PORT@)), (socket.AF_UNIX, "\0cases-@PORT@")):
    try:
        socket.socket(family, socket.SOCK_DGRAM).sendto(b"the tests", address)
    except OSError:
        pass


def double(x):
    return 2 * x
