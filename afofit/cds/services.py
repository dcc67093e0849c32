"""The services that an EHR can call, as its discovery reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Hook = Literal["patient-view", "order-select"]
CONDITIONS = "conditions"
"""The key under which the problems of the patient are prefetched."""
_PROBLEMS = {CONDITIONS: "Condition?patient={{context.patientId}}&clinical-status=active"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service: the hook it answers, and what it asks to be sent along."""

    id: str
    hook: Hook
    title: str
    description: str
    usage: str
    prefetch: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    """What of the prefetch it cannot do without."""

    @property
    def described(self) -> Json:
        """Its entry in the answer of the discovery."""
        return {
            "hook": self.hook,
            "title": self.title,
            "description": self.description,
            "id": self.id,
            "prefetch": dict(self.prefetch),
            "usageRequirements": self.usage,
        }


SERVICES: tuple[Service, ...] = (
    Service(
        id="afo-patient-view",
        hook="patient-view",
        title="Ankle-foot orthosis: foot drop on the problem list",
        description="Where foot drop, or a disease that usually brings it, is among the active problems: one card that "
        "opens the fit of an ankle-foot orthosis. Else no card.",
        usage="Needs the active problems in the prefetch, with codes of ICD-10-CM or with words.",
        prefetch=_PROBLEMS,
        needs=(CONDITIONS,),
    ),
    Service(
        id="afo-order-select",
        hook="order-select",
        title="Ankle-foot orthosis: an orthosis is being ordered",
        description="Where a selected draft order is one of an ankle-foot orthosis: one card that opens its fit, and "
        "says where order and problem list name different sides. Else no card.",
        usage="Needs DeviceRequest or ServiceRequest (R4) in draftOrders. Active problems are used where they come.",
        prefetch=_PROBLEMS,
    ),
)
BY_ID: Mapping[str, Service] = {one.id: one for one in SERVICES}


def discovery() -> Json:
    """The answer to whoever asks which services there are."""
    return {"services": [one.described for one in SERVICES]}
