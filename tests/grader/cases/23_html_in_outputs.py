# row: 23
# says: HTML, SVG and JavaScript as outputs of cells
# marks: rest full
# status: graded
# page not: <script|<iframe|<[^>]*\son\w+\s*=
# holds: warm cold landlock

# %% double
from IPython.display import HTML, SVG, Javascript, Markdown, display

display(HTML("<script>document.title = 'planted'</script><img src=x onerror=alert(1)><iframe src='//192.0.2.1'></iframe>"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>var planted = 1</script></svg>"))
display(Javascript("document.title = 'planted'"))
display(Markdown("<img src=x onerror=alert(1)>"))
display({"text/html": "<b onclick='alert(1)'>x</b>", "application/javascript": "var planted = 1", "image/svg+xml": "<svg onload='planted()'/>"}, raw=True)


def double(x):
    return 2 * x
