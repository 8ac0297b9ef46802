"""Assignment rules: an ordered list of queries; the first that matches names the owner."""
