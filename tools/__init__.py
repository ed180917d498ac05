"""What builders of Cardally run, and its users do not."""
