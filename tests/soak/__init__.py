"""Long runs against a flaky server: `make soak`. Memory, threads and sockets have to stay as they are."""
