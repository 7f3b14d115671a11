"""The engine: it trains any LightningModule over many seeds, and knows no experiment."""
