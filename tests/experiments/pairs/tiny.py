"""Arguments that make a pairs run small enough for a second."""

TINY = [
    "epochs=2",
    "data.train_pairs=40",
    "data.val_pairs=20",
    "data.test_pairs=20",
    "data.batch_size=20",
    "figures=never",
]
