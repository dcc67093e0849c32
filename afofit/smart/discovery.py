"""What an EHR says of itself: where it signs people in, where it gives tokens, and what it can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from afofit.smart.wire import Unreached, Wire, address_fault
from afofit.words.tongue import _

WELL_KNOWN = "/.well-known/smart-configuration"
OPENID = "/.well-known/openid-configuration"
OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
"""The extension of a CapabilityStatement in which EHRs of SMART 1 say the same."""
LONGEST = 4_000_000
"""Largest CapabilityStatement (bytes) that is read; those of real EHRs are about a tenth of it."""
JSON = {"Accept": "application/json"}
FHIR_JSON = {"Accept": "application/fhir+json"}


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is used of an EHR's configuration. What it does not say is empty."""

    base: str
    """The address of its FHIR server, which is what ``aud`` names."""
    authorize: str
    token: str
    issuer: str = ""
    """Who signs its identity tokens; empty where it says nothing of that."""
    jwks: str = ""
    capabilities: tuple[str, ...] = ()
    challenges: tuple[str, ...] | None = None
    """Methods of PKCE; None where it says nothing of them."""
    algorithms: tuple[str, ...] = ()
    """What it takes an assertion of ours signed with."""
    names_itself: bool = False
    """Whether it says that its answers name it (RFC 9207)."""

    def as_json(self) -> dict[str, Any]:
        """As it is kept while somebody signs in."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "Configuration":
        """What ``as_json`` wrote."""
        lists = {name: tuple(kept[name]) for name in ("capabilities", "algorithms")}
        challenges = None if kept["challenges"] is None else tuple(kept["challenges"])
        return cls(**{**kept, **lists, "challenges": challenges})


def discover(wire: Wire, base: str) -> Configuration:
    """The configuration of the EHR with this FHIR server. Raises Unreached with what is missing or cannot be used."""
    found = _well_known(wire, base) or _of_metadata(wire, base)
    for address in filter(None, (found.authorize, found.token, found.jwks)):
        fault = address_fault(address, loopback=wire.loopback)
        if fault:
            raise Unreached(_("its configuration names {address}: {why}").format(address=address[:100], why=fault))
    if not found.authorize or not found.token:
        raise Unreached(_("its configuration does not say where people sign in"))
    if found.challenges is not None and "S256" not in found.challenges:
        raise Unreached(_("it does not offer the proof of the code (PKCE with S256) without which nothing is asked"))
    return found


def _well_known(wire: Wire, base: str) -> Configuration | None:
    """What stands at the address of SMART 2; None where there is no such page."""
    answer = wire.send("GET", base + WELL_KNOWN, headers=JSON, longest=LONGEST)
    if answer.status != 200:
        return None
    said = answer.document()
    return Configuration(
        base=base,
        authorize=_text(said, "authorization_endpoint"),
        token=_text(said, "token_endpoint"),
        issuer=_text(said, "issuer"),
        jwks=_text(said, "jwks_uri"),
        capabilities=_texts(said.get("capabilities")),
        challenges=_texts(said["code_challenge_methods_supported"])
        if "code_challenge_methods_supported" in said
        else None,
        algorithms=_texts(said.get("token_endpoint_auth_signing_alg_values_supported")),
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
    )


def _of_metadata(wire: Wire, base: str) -> Configuration:
    """What a CapabilityStatement says in the extension of SMART 1."""
    answer = wire.send("GET", f"{base}/metadata", headers=FHIR_JSON, longest=LONGEST)
    if answer.status != 200:
        raise Unreached(
            _("it has no SMART configuration, and no FHIR metadata ({status})").format(status=answer.status)
        )
    found = {str(one.get("url")): one.get("valueUri") for one in _oauth(answer.document())}
    places = {name: str(found.get(name) or "") for name in ("authorize", "token")}
    return Configuration(base=base, authorize=places["authorize"], token=places["token"])


def _oauth(statement: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    for rest in _objects(statement.get("rest")):
        security = rest.get("security")
        for extension in _objects(security.get("extension") if isinstance(security, Mapping) else None):
            if extension.get("url") == OAUTH_URIS:
                return _objects(extension.get("extension"))
    return []


def signing_keys(wire: Wire, found: Configuration) -> str:
    """The address of the keys that sign identity tokens: as configured, else as the issuer's OpenID page says."""
    if found.jwks:
        return found.jwks
    issuer = found.issuer or found.base
    answer = wire.send("GET", issuer.rstrip("/") + OPENID, headers=JSON)
    said = answer.document() if answer.status == 200 else {}
    address = _text(said, "jwks_uri")
    if not address:
        raise Unreached(_("it does not say where the keys of its identity tokens are"))
    if _text(said, "issuer") != issuer:
        # OpenID Connect Discovery, 4.3: otherwise one issuer could give out keys in the name of another.
        raise Unreached(_("the page of its sign-in speaks of another issuer"))
    return address


def _text(said: Mapping[str, Any], name: str) -> str:
    found = said.get(name)
    return found if isinstance(found, str) else ""


def _texts(found: object) -> tuple[str, ...]:
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def _objects(found: object) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
