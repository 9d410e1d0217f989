"""What the hotline knows: answers with owners and versions, scripts, answers made public."""
