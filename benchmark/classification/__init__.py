"""The task of classifying patches: data, recipes, training, evaluation."""
