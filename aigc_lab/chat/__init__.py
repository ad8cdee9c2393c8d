"""From a model that continues texts to an assistant that answers."""
