"""One module a model; `benchmark.models.registry` finds them all."""
