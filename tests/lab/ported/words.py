"""Sequences of different lengths: a Dataset, a collate function that pads, worker processes, an LSTM."""

import torch
from pytorch_lightning import LightningDataModule, LightningModule
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset


class Parity(Dataset):
    """Strings of bits, five to fifteen long: is the number of ones odd? A bit in twenty is noise, anew each time."""

    def __init__(self, n, seed):
        g = torch.Generator().manual_seed(seed)
        lengths = torch.randint(5, 16, (n,), generator=g).tolist()
        self.items = [torch.randint(0, 2, (length,), generator=g) for length in lengths]

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        bits = self.items[i]
        noisy = torch.where(torch.rand(len(bits)) < 0.05, 1 - bits, bits)
        return noisy, int(bits.sum() % 2)


def padded(items):
    bits, targets = zip(*items, strict=True)
    return {
        "x": pad_sequence(bits, batch_first=True),
        "length": torch.tensor([len(b) for b in bits]),
        "y": torch.tensor(targets),
    }


class Bits(LightningDataModule):
    def __init__(self, seed=0, batch_size=32, num_workers=2, persistent_workers=True):
        super().__init__()
        self.seed, self.batch_size = seed, batch_size
        self.kwargs = {
            "num_workers": num_workers,
            "collate_fn": padded,
            "persistent_workers": persistent_workers and num_workers > 0,
        }

    def setup(self, stage=None):
        self.train, self.val, self.test = (Parity(n, 3 * self.seed + i) for i, n in enumerate((400, 100, 100)))

    def train_dataloader(self):
        return DataLoader(self.train, self.batch_size, shuffle=True, **self.kwargs)

    def val_dataloader(self):
        return DataLoader(self.val, self.batch_size, **self.kwargs)

    def test_dataloader(self):
        return DataLoader(self.test, self.batch_size, **self.kwargs)


class Lstm(LightningModule):
    def __init__(self, network, optimizer, schedule=None, hidden=16):
        super().__init__()
        self.embed, self.lstm, self.out = nn.Embedding(2, 8), nn.LSTM(8, hidden, batch_first=True), nn.Linear(hidden, 2)
        self.make_optimizer = optimizer

    def _step(self, batch, split):
        packed = pack_padded_sequence(
            self.embed(batch["x"]), batch["length"].cpu(), batch_first=True, enforce_sorted=False
        )
        logits = self.out(self.lstm(packed)[1][0][-1])
        loss = nn.functional.cross_entropy(logits, batch["y"])
        wrong = 100 * (logits.argmax(1) != batch["y"]).float().mean()
        self.log_dict(
            {f"{split}/loss": loss, f"{split}/error": wrong}, on_step=False, on_epoch=True, batch_size=len(batch["y"])
        )
        return loss

    def training_step(self, batch, batch_idx):
        return self._step(batch, "train")

    def validation_step(self, batch, batch_idx):
        self._step(batch, "val")

    def test_step(self, batch, batch_idx):
        self._step(batch, "test")

    def configure_optimizers(self):
        return self.make_optimizer(self.parameters())
