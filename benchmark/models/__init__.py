"""One module a model; `benchmark.registry` finds them all."""
