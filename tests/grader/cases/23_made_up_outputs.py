# row: 23
# says: sends outputs with scripts straight to the grader, past what IPython would show
# marks: rest ?
# status: graded | graded with warnings
# page not: <script|<iframe|<[^>]*\son\w+\s*=|\x1b
# holds: warm cold landlock

# %% steps
import gc

HTML = "<script>alert(1)</script><img src=x onerror=alert(1)><iframe src='//192.0.2.1'></iframe>"
OUTPUTS = [
    {"output_type": "display_data", "data": {kind: HTML for kind in ("text/html", "text/markdown", "text/latex", "image/svg+xml", "text/plain", HTML)}},
    {"output_type": "display_data", "data": {"image/png": '"><script>alert(1)</script>', "application/vnd.plotly.v1+json": HTML}},
    {"output_type": "stream", "name": HTML, "text": HTML}, {"output_type": "error", "ename": HTML, "evalue": HTML + "\x1b]0;x\x07", "traceback": [HTML, "\x1b[2J"]},
]


def steps(f, n):
    return [f(k) for k in range(1, n + 1)]


for thing in gc.get_objects():
    if type(thing).__name__ == "Wire":
        thing.send({"outputs": OUTPUTS, "success": True, "cut": False})
