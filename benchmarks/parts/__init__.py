"""What `make bench` measures, a module a part; `measure` of each gives its figures."""
