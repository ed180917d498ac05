"""Who saw and who changed what is said of people: recorded with every answer, told to administrators."""
