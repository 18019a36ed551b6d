# row: 23
# says: names with commas, quotes and line ends
# marks: rest full
# status: graded
# name: Jane "J", | Doe, Jr
# holds: warm cold landlock
