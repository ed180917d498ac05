from bench.cardgen.fixtures import card_set

__all__ = ["card_set"]
