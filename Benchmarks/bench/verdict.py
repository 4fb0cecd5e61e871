"""A target, and whether it was met."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    what: str
    bound: float
    unit: str
    measured: float | None
    strict: bool = False  # below the bound, not merely at most
    at_least: bool = False  # the bound is the smallest that will do

    @property
    def met(self):
        if self.measured is None:
            return False
        if self.at_least:
            return self.measured >= self.bound
        return self.measured < self.bound if self.strict else self.measured <= self.bound

    @property
    def missed(self):
        return self.measured is not None and not self.met

    def row(self):
        word = "at least" if self.at_least else "under" if self.strict else "at most"
        bound = f"{word} {self.bound:g}{self.unit}"
        if self.measured is None:
            return [self.what, bound, "not measured", "", ""]
        margin = (self.measured / self.bound - 1) * 100
        direction = "exactly" if margin == 0 else f"{abs(margin):.0f} % {'above' if margin > 0 else 'below'}"
        return [self.what, bound, f"{self.measured:.3g}{self.unit}", "met" if self.met else "**not met**", direction]
