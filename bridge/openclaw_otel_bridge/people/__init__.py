"""People: who acts, what they may do, how they prove who they are."""
