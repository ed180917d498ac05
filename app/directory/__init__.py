"""All contacts as clients read them: pages, filters, search, what changed, and what happened with one of them."""
