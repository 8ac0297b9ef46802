"""The workflow of an issue: `states` decides, the other modules have the effects."""
