"""Which policies of an organization would refuse what a deployment makes.

https://cloud.google.com/resource-manager/docs/organization-policy/org-policy-constraints
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local import needs
from local.findings import GOOD, LOOK, WRONG, Finding, Plan
from local.google_apis import Google, NotAnswered

Rules = list[dict[str, Any]]
"""https://cloud.google.com/resource-manager/docs/reference/orgpolicy/rest/v2/PolicySpec#PolicyRule"""
GLOBAL_BALANCER = "GLOBAL_EXTERNAL_MANAGED_HTTP_HTTPS"
OUTSIDE = {GLOBAL_BALANCER: "in:INTERNAL"}
"""Value of a list -> a group that it is certainly not in."""


@dataclass(frozen=True)
class Refusal:
    """A constraint that would refuse a resource, unless its list allows all values `allowed`, or, without such values,
    unless not enforced at all. `found` says the consequence; `level` is LOOK where the consequence is not written
    down."""

    constraint: str
    found: str
    allowed: tuple[str, ...] = ()
    level: str = WRONG

    def by(self, rules: Rules) -> bool:
        if self.allowed:
            return any(refused(rules, value) for value in self.allowed)
        return any(rule.get("enforce") or rule.get("denyAll") or rule.get("values") for rule in rules)

    def mend(self) -> str:
        change = f"allow {' and '.join(self.allowed)}" if self.allowed else "lifted"
        return f"Have `{self.constraint}` {change} for this project."


REFUSALS = (
    Refusal("iam.disableServiceAccountCreation", "No service account may be made."),
    Refusal("iam.managed.disableServiceAccountCreation", "No service account may be made."),
    Refusal("run.allowedIngress", "No service may be called from outside its network.", ("all",)),
    Refusal("run.allowedVPCEgress", "Services may have to be in a network, and ours are in none.", level=LOOK),
    Refusal("run.allowedBinaryAuthorizationPolicies", "Images may have to be attested, and ours are not.", level=LOOK),
    Refusal("cloudfunctions.allowedIngressSettings", "No function may be called from outside.", ("ALLOW_ALL",)),
    Refusal("cloudfunctions.requireVPCConnector", "Functions have to be in a network, and ours are in none."),
    Refusal("cloudfunctions.restrictAllowedGenerations", "No function of the 2nd generation may be made.", ("2ndGen",)),
    Refusal("cloudbuild.allowedWorkerPools", "Nothing may be built in Cloud Build's own pool."),
    Refusal("cloudscheduler.allowedTargetTypes", "No schedule may call a service.", ("HTTP",)),
    Refusal("storage.retentionPolicySeconds", "Buckets have to keep objects for a time, and ours delete them."),
    Refusal("storage.softDeletePolicySeconds", "What is deleted has to be kept for another time.", ("0", "604800")),
)
REFUSALS_OF_A_DOMAIN = (
    Refusal("compute.disableGlobalLoadBalancing", "No global load balancer may be made for the domain."),
    Refusal("compute.disableGlobalCloudArmorPolicy", "No policy of Cloud Armor may be put before the domain."),
    Refusal("compute.restrictLoadBalancerCreationForTypes", "No load balancer may be made for it.", (GLOBAL_BALANCER,)),
)


def policies(google: Google, plan: Plan) -> Iterator[Finding]:
    """Tell which policies of an organization would refuse what is made."""

    def effective(constraint: str) -> Rules:
        name = f"v2/projects/{plan.project}/policies/{constraint}:getEffectivePolicy"
        try:
            return list(google.get("orgpolicy", name).get("spec", {}).get("rules", []))
        except NotAnswered as no:
            if no.status == 404:  # no such constraint here
                return []
            raise

    restricted = any(
        Refusal(constraint, "").by(effective(constraint))
        for constraint in ("iam.allowedPolicyMemberDomains", "iam.managed.allowedPolicyMembers")
    )
    if restricted and not plan.variable("domain_restricted"):
        mend = "Set `domain_restricted = true`: https://cloud.google.com/run/docs/authenticating/public"
        yield Finding(WRONG, "policies", "Your organization lets no policy name allUsers.", mend)
    if restricted and Refusal("", "").by(effective("run.managed.requireInvokerIam")):
        mend = "Have `run.managed.requireInvokerIam` lifted for this project: gateway and streamer are for everybody."
        yield Finding(WRONG, "policies", "Nor may a service go without its check of invokers.", mend)
    for refusal in (*REFUSALS, *(REFUSALS_OF_A_DOMAIN if plan.variable("domain") else ())):
        if refusal.by(effective(refusal.constraint)):
            yield Finding(refusal.level, "policies", refusal.found, refusal.mend())
    for constraint, found in (
        ("gcp.restrictServiceUsage", "These APIs may not be used"),
        ("gcp.restrictNonCmekServices", "These make nothing without a key of yours, which nothing here is given"),
    ):
        rules = effective(constraint)
        if forbidden := [api for api in sorted(needs.apis(plan)) if refused(rules, f"{api}.googleapis.com")]:
            mend = f"Have `{constraint}` allow them for this project."
            yield Finding(WRONG, "policies", f"{found}: {', '.join(forbidden)}.", mend)
    if name := needs.gemini(plan):
        yield from _models(effective("vertexai.allowedModels"), name)
    yield from _places(effective("gcp.resourceLocations"), plan.region)
    yield Finding(GOOD, "policies", "All that matter here were looked at.")


def _models(rules: Rules, name: str) -> Iterator[Finding]:
    """Allowed by publisher, model and feature, or by the first of these: https://cloud.google.com/vertex-ai/generative-ai/docs/control-model-access"""
    asked = f"publishers/google/models/{name}:predict"
    allowed = [one.removeprefix("is:") for one in _values(rules, "allowedValues")]
    if any(rule.get("denyAll") for rule in rules) or (allowed and not asked.startswith(tuple(allowed))):
        mend = f"Have `vertexai.allowedModels` allow {asked} for this project."
        yield Finding(WRONG, "policies", f"{name} may not be asked.", mend)


def _places(rules: Rules, region: str) -> Iterator[Finding]:
    """Tell where resources may be; who is in its groups ("in:…") is not known here."""
    names = (region, f"in:{region}-locations")
    allowed = _values(rules, "allowedValues")
    if any(refused(rules, name) for name in names) and not set(names) & set(allowed):
        found = f"Resources may be in {', '.join(allowed)} only." if allowed else f"None may be in {region}."
        yield Finding(WRONG, "policies", found, "Choose another `region`.")
    elif allowed and not set(names) & set(allowed):
        found = f"Resources may be in {', '.join(allowed)} only."
        mend = f"See whether {region} is among them, or choose another `region`."
        yield Finding(LOOK, "policies", found, mend)


def refused(rules: Rules, value: str) -> bool:
    """Tell whether a list certainly lets no `value` pass; who is in its groups ("in:…") is not known here."""
    for rule in rules:
        allowed, denied = (
            {one.removeprefix("is:") for one in _values([rule], kind)} for kind in ("allowedValues", "deniedValues")
        )
        groups = any(one.startswith("in:") and one != OUTSIDE.get(value) for one in allowed)
        if rule.get("denyAll") or value in denied or (allowed and not groups and value not in allowed):
            return True
    return False


def _values(rules: Rules, kind: str) -> list[str]:
    return [value for rule in rules for value in rule.get("values", {}).get(kind, [])]
