"""The parts of the redactor: rules as data, keys, values, texts, trees, the buyer's pseudonym."""
