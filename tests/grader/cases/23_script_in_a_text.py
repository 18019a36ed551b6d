# row: 23
# says: scripts, handlers and frames in the answer that is a text
# marks: rest full
# status: graded
# page not: <script|<iframe|<[^>]*\son\w+\s*=|(href|src|action)\s*=\s*["']?\s*(javascript|data:text)|<meta http-equiv=.refresh|<form
# holds: warm cold landlock

# %% explanation
# <script>alert("planted")</script><img src=x onerror=alert(1)>
#
# <svg onload=alert(1)><script>alert(1)</script></svg> <iframe srcdoc="<script>alert(1)</script>"></iframe>
#
# [click](javascript:alert(1)) ![x](data:text/html;base64,PHNjcmlwdD4=) <a href="javascript:alert(1)">here</a> <form action="javascript:alert(1)"><button>go</button></form>
#
# <meta http-equiv="refresh" content="0; url=http://192.0.2.1/"> <style>body { display: none }</style> <details open ontoggle=alert(1)>x</details>
#
# $\href{javascript:alert(1)}{x}$ &lt;script&gt;
