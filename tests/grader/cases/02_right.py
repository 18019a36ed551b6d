# row: 2
# says: answers everything as the reference does
# marks: rest full
# status: graded
# sentence: all 14 checks passed
# holds: warm cold landlock
