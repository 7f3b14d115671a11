"""Report B's best network and its training as one writes them in plain PyTorch, of nothing of this project.

python -m src.experiments.pairs.bench.plain digits.npz seed epochs      trains it once
"""

from __future__ import annotations

import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    """One digit net for both images of `(n, 2, 14, 14)`, and a head that compares what it says of them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 96, 3)
        self.bn1 = nn.BatchNorm2d(96)
        self.conv2 = nn.Conv2d(96, 48, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(48)
        self.drop = nn.Dropout(0.1)
        self.fc1 = nn.Linear(432, 64)
        self.bn3 = nn.BatchNorm1d(64)
        self.fc2 = nn.Linear(64, 10)
        self.fc3 = nn.Linear(20, 50)
        self.bn4 = nn.BatchNorm1d(50)
        self.fc4 = nn.Linear(50, 2)

    def digit(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn1(F.max_pool2d(self.conv1(x), 2)))
        x = F.relu(self.bn2(F.max_pool2d(self.conv2(x), 2)))
        x = self.drop(x.flatten(1))
        x = self.drop(F.relu(self.bn3(self.fc1(x))))
        logits: Tensor = self.fc2(x)
        return logits

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        first, second = self.digit(images[:, 0:1]), self.digit(images[:, 1:2])
        x = torch.cat([first.softmax(1), second.softmax(1)], 1)
        x = self.drop(F.relu(self.bn4(self.fc3(x))))
        return self.fc4(x), first, second


def loss_of(output: tuple[Tensor, Tensor, Tensor], classes: Tensor, target: Tensor) -> Tensor:
    pair, first, second = output
    digits = F.cross_entropy(first, classes[:, 0]) + F.cross_entropy(second, classes[:, 1])
    return F.cross_entropy(pair, target) + digits


def draw(path: str, seed: int, pairs: int = 1000) -> tuple[TensorDataset, TensorDataset]:
    """Training and validation pairs."""
    with np.load(path) as arrays:
        images = torch.from_numpy(arrays["train_images"]).float()
        labels = torch.from_numpy(arrays["train_labels"]).long()
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))[: 4 * pairs]
    images = F.avg_pool2d(images[order].unsqueeze(1), 2).view(-1, 2, 14, 14)
    images = (images - images[:pairs].mean()) / images[:pairs].std()
    classes = labels[order].view(-1, 2)
    target = (classes[:, 0] <= classes[:, 1]).long()
    train = TensorDataset(images[:pairs], classes[:pairs], target[:pairs])
    return train, TensorDataset(images[pairs:], classes[pairs:], target[pairs:])


def train(path: str, seed: int, epochs: int) -> Net:
    torch.manual_seed(seed)
    net = Net()
    optimizer = torch.optim.Adadelta(net.parameters(), lr=1.0)
    train_set, val_set = draw(path, seed)
    train_loader = DataLoader(train_set, batch_size=100, shuffle=True)
    val_loader = DataLoader(val_set, batch_size=100)
    for _ in range(epochs):
        net.train()
        for images, classes, target in train_loader:
            loss = loss_of(net(images), classes, target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        net.eval()
        wrong, total = 0, 0.0
        with torch.no_grad():
            for images, classes, target in val_loader:
                output = net(images)
                total += loss_of(output, classes, target).item() * len(target)
                wrong += (output[0].argmax(1) != target).sum().item()
    return net


if __name__ == "__main__":
    train(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
