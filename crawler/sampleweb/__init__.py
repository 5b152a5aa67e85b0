"""The sample web: three invented news sites on loopback, for the demo and the tests. See crawler/README.md."""
