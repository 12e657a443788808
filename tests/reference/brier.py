"""Published scores of probabilities, and scores that another library gave."""

from __future__ import annotations

# Wikipedia, "Brier score", section with the rain forecasts (copy at en-academic.com/dic.nsf/enwiki/1203570):
# probability, whether it rained, score.
RAIN = [
    (1.0, 1, 0.0),
    (1.0, 0, 1.0),
    (0.7, 1, 0.09),
    (0.3, 1, 0.49),
    (0.5, 1, 0.25),
    (0.5, 0, 0.25),
]

# scikit-learn, docstring of brier_score_loss (0.037... printed) and its user guide, "Brier score loss" (0.055).
OUTCOMES = [0, 1, 1, 0]
SKLEARN_DOCSTRING = ([0.1, 0.9, 0.8, 0.3], 0.0375)
SKLEARN_GUIDE = ([0.1, 0.9, 0.8, 0.4], 0.055)

# scikit-learn, docstring of log_loss: spam, ham, ham, spam with probabilities of spam.
SPAM = ([0.9, 0.1, 0.2, 0.65], [1, 0, 0, 1], 0.21616)

# Forty forecasts drawn at random (probabilities uniform on hundredths, each event as likely as it was said to be) and
# what scikit-learn 1.9.1 makes of them: brier_score_loss, log_loss, and calibration_curve(n_bins=10) as mean forecast
# and share that happened, bin by bin.
FORTY = {
    "probabilities": [
        0.05, 0.24, 0.07, 0.43, 0.73, 0.52, 0.53, 0.09, 0.84, 0.02, 0.95, 0.51, 0.64, 0.93, 0.79, 0.47, 0.97, 0.09,
        0.91, 0.14, 0.09, 0.40, 0.66, 0.96, 0.91, 0.11, 0.98, 0.41, 0.27, 0.21, 0.54, 0.10, 0.02, 0.96, 0.74, 0.81,
        0.07, 0.23, 0.86, 0.97,
    ],
    "outcomes": [
        0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1,
        0, 0, 1, 1,
    ],
    "brier": 0.13958999999999996,
    "log_loss": 0.4416426332410136,
    "mean_forecast": [
        0.0666666667, 0.125, 0.2375, 0.4, 0.4366666667, 0.525, 0.65, 0.7533333333, 0.8366666667, 0.9488888889,
    ],
    "share_that_happened": [0.0, 0.5, 0.25, 0.0, 0.3333333333, 1.0, 1.0, 0.3333333333, 1.0, 0.8888888889],
}  # fmt: skip

# scikit-learn 1.9.1, brier_score_loss with sample_weight: probabilities that stood for so many days, all came true.
STANDING = [
    ([(0.5, 3), (0.9, 1)], 0.19),
    ([(0.2, 30), (0.55, 45), (0.8, 15)], 0.32125),
]
