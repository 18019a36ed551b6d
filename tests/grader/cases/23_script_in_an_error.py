# row: 23
# says: a wrong answer that is HTML, and an error whose text is HTML
# marks: double 0, steps 0, rest full
# status: graded
# page: &lt;script
# page not: <script|<[^>]*\sonerror\s*=
# holds: warm cold landlock

# %% double
def double(x):
    return "<script>alert('planted')</script>"

# %% steps
def steps(f, n):
    raise ValueError("<img src=x onerror=alert('planted')><script>alert(1)</script>")
