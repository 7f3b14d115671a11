"""Arguments that make a disk run small enough for a second."""

TINY_DISK = [
    "epochs=2",
    "data=disk",
    "data.train_points=40",
    "data.val_points=20",
    "data.test_points=20",
    "data.batch_size=20",
    "figures=never",
]
