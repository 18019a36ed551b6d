# row: 10
# says: downloads something inside the tested function
# marks: double 0, rest full
# status: graded | graded with warnings
# page: [Nn]etwork|URLError
# sentence: ^(?!.*ran over)
# holds: warm cold landlock

# %% double
import urllib.request


def double(x):
    return x * float(urllib.request.urlopen("http://192.0.2.1/two").read())
