# row: 1
# says: hands in the release as it came
# marks: rest 0
# status: graded
# sentence: no answer in 8 cells
# holds: warm cold landlock
# from: release
