"""How many random examples a test tries: few in ``make test``, many times as many in ``make campaign``."""

import os
from random import Random

from hypothesis import HealthCheck, Phase, core, settings

from some_cases import IS_ASKED, salt, some

TIMES = int(os.environ.get("ORDERCLI_CAMPAIGN", "1"))
"""What every number of examples is multiplied by. Above 1 the examples are other ones in each run."""

SALT = os.environ.get("ORDERCLI_SALT") or (salt() if TIMES == 1 else os.urandom(4).hex())
"""What random examples that are no properties begin from; a failure names it, to be played again."""

settings.register_profile(
    "default",
    max_examples=some(100 * TIMES),
    deadline=None,
    derandomize=TIMES == 1 and not IS_ASKED,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("default")
if IS_ASKED and core.global_force_seed is None:  # else --hypothesis-seed has been said
    vars(core)["global_force_seed"] = SALT


def examples(number: int) -> settings:
    """For a test whose examples are costly: so many of them in ``make test``."""
    return settings(max_examples=some(number * TIMES))


def lives(number: int, steps: int) -> settings:
    """For a state machine: so many lives of at most so many steps in ``make test``."""
    return settings(
        max_examples=some(number * TIMES),
        stateful_step_count=steps,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def shops(number: int) -> settings:
    """For a property over whole shops: so many in ``make test``, a thousand in ``make campaign``."""
    return settings(
        max_examples=some(number) if TIMES == 1 else 50 * TIMES,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def drawing(seed: str) -> Random:
    """Chance that begins from a seed and from :data:`SALT`."""
    return Random(f"{seed} {SALT}".strip())  # noqa: S311 - invented data
