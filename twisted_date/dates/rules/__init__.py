"""The rules by which the parts of a moment are read, by subject. :mod:`..when` has their order."""
