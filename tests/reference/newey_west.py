"""A regression with Newey-West standard errors, computed by Stata."""

from __future__ import annotations

# statsmodels, regression/tests/results/results_macro_ols_robust.py (82c59e3), results_newey4: Stata's
# `newey g_realinv g_realgdp L.realint, lag(4)`. Data: statsmodels.datasets.macrodata, growth as 400 times the log
# change of a quarter. In order: g_realgdp, L.realint, constant.
STATA_LAG_4 = {
    "coefficients": [4.3742216647032, -0.61399696947899, -9.4816727746549],
    "standard_errors": [0.33125644884286, 0.29582347593197, 1.1859338087713],
}
