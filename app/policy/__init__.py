"""What an organization promises the people whose data it holds: what for, on what ground, for how long."""
