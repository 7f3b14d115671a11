"""As many seeds as it takes to tell groups apart, looked at in stages. Imports no torch.

A group-sequential test: Student's t of the differences seed by seed, after Hall's transformation where they are skewed
(`look`), at boundaries that spend the error over the looks (`boundaries`), shared among groups by Holm (`contest`). It
was chosen by simulation, which `python -m tests.lab.decision.simulated` makes again: of 4,000 studies with up to 200
seeds and no difference, so many per cent find one, for a single group and for any of four (a share is known to ± 0.7).

| errors                                        | 1 group | 4 groups |
| normal                                        | 4.4     | 4.0      |
| lognormal                                     | 4.3     | 3.3      |
| counts out of 100 test items, 2 % wrong       | 5.3     | 4.0      |
| counts with many ties, 0.3 in the mean        | 5.0     | 4.1      |
| t with 3 degrees of freedom                   | 5.0     | 4.0      |
| one network in ten does not learn             | 4.5     | 4.1      |

Where there is a difference of 0.25, 0.5 or 1 standard deviation of a difference, normal errors take 127, 57 and 28
seeds in the mean, and find it in 92, 100 and 100 of 100 studies; a plan that is fixed beforehand takes 187, 104 and 28
seeds for that, when it knows the difference. The intervals hold it in 98 to 100 of 100.

Permuting signs in the place of t, as AdaStop permutes groups (Mathieu et al., 2023), held its level in 1,000 studies of
each shape too, and took as many seeds, but 17 and not 12 for a difference of 4 standard deviations, as fewer have no
p-value that is small enough. Lognormal errors against a constant of the same mean, where nothing is symmetric, it took
for a difference in 14 % of the studies, and Hall's transformation in 6 %.
"""
