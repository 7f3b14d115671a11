"""Project 1: networks that compare two MNIST digits, and the LightningModule that trains any of them."""
