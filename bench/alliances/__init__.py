"""Does the score of a pair find the partners that are hidden in a generated world, and does it stay right in time?"""
