# row: 23
# says: a student whose name is a script
# marks: rest full
# status: graded
# name: <script>alert(1)</script> | <img src=x onerror=alert(1)>
# page not: <script|<[^>]*\sonerror\s*=
# holds: warm cold landlock
