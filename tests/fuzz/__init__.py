"""Everything that reads what others wrote, under random bytes: `make fuzz`, and a short run of it in `make test`."""
