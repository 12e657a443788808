"""Published numbers of the test for one shift in a mean."""

from __future__ import annotations

# R package strucchange, tests/strucchange-tests.Rout.save (0e5bec6d): Fstats(Nile ~ 1), trimmed by 0.15 on each side.
NILE = {"size": 28, "year": 1898, "sup_f": 75.93, "ave_f": 21.215, "exp_f": 33.759}

# Critical values of the largest F statistic for one parameter and trimming 0.15, at 10, 5 and 1 percent: Andrews
# (2003), as in Stock and Watson, Introduction to Econometrics, and gretl, lib/src/compare.c (00001840), first row.
ANDREWS_2003 = {0.10: 7.12, 0.05: 8.68, 0.01: 12.16}

# Hansen (1997), Approximate asymptotic p values for structural-change tests, JBES 15, for one parameter: the p-value
# of x is that of first + second x by a chi-squared distribution with `degrees`. Coefficients from his GAUSS program as
# R package strucchange carries them (R/pvalue.Fstats.R, 332efd5c, sc.beta.sup, rows 23, 18 and 13), by trimming.
HANSEN_1997 = {
    0.05: {"first": -1.38522113, "second": 1.06808543, "degrees": 3.61667211},
    0.15: {"first": -0.98828874, "second": 1.01604712, "degrees": 2.96752918},
    0.25: {"first": -0.73136161, "second": 0.9820687, "degrees": 2.50833918},
}
