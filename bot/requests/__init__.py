"""What a turn does with what came in: conversations moved, reserved words answered."""
