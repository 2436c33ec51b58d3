"""Speed, memory and start-up beside other programs: `make bench`. No test, and none asserts a time."""
