"""The people whose cards we hold, where they work, how to reach them; a card joins the contact that it belongs to."""
