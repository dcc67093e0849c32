"""The thresholds of the z-score model, as published in docs/plausibility.md section 3."""

import math

import pytest

from afofit.fitting.plausibility import child_foot_mean_mm, z_limit, z_scores


@pytest.mark.parametrize(
    ("count", "limit"),
    [(1, 3.25), (3, 3.25), (4, 3.5), (5, 3.5), (6, 3.75), (9, 3.75), (10, 4.0), (13, 4.0)],
)
def test_the_limit_of_z_grows_with_the_number_of_fields(count: int, limit: float) -> None:
    assert z_limit(count) == limit


def test_one_field_alone_is_scored_by_its_own_spread() -> None:
    # Foot length: mean of the log 5.55343, variance 0.0047328 (z model, sex unknown).
    assert z_scores({"FL": 300.0}) == {"FL": pytest.approx((math.log(300) - 5.55343) / math.sqrt(0.0047328))}


def test_two_fields_are_scored_given_each_other() -> None:
    # z of the first given the second, by the conditional normal distribution worked out by hand:
    # mean a + cov/var_b * (x_b - b), variance var_a - cov^2/var_b; covariances of FL and BL of the z model.
    a, b, var_a, var_b, cov = 5.55343, 5.25225, 0.0047328, 0.0051867, 0.0047729
    x_a, x_b = math.log(300), math.log(200)
    expected = (x_a - a - cov / var_b * (x_b - b)) / math.sqrt(var_a - cov**2 / var_b)
    assert z_scores({"FL": 300.0, "BL": 200.0})["FL"] == pytest.approx(expected)


def test_foot_length_by_age_is_of_both_sexes_where_not_stated() -> None:
    # Means at 8 years: boys 205.3, girls 201.4 (AnthroKids).
    assert child_foot_mean_mm(8.9, "male") == 205.3
    assert child_foot_mean_mm(8.0, "female") == 201.4
    assert child_foot_mean_mm(8.5, "unspecified") == pytest.approx(203.35)
    assert child_foot_mean_mm(1.9, "male") is None
