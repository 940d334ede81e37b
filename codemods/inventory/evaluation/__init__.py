"""What an expression of the project stands for, found without running it; its bounds are in `limits`."""
