"""Uses the generated client as its user would, and prints what came of it as JSON: consumer.py <server url> <API key>."""

import hashlib
import importlib
import json
import pkgutil
import sys

from promptyard import api, models
from promptyard.client import AuthenticatedClient
from promptyard.api.prompts import create_prompt, get_prompt
from promptyard.api.resolve import render_prompt, resolve_prompt
from promptyard.api.revisions import create_revision
from promptyard.types import UNSET

server_url, key = sys.argv[1:]
client = AuthenticatedClient(base_url=server_url, token=key, raise_on_unexpected_status=True)


def operations():
    """The names of all modules that hold one; each can be imported."""
    found = [module for module in pkgutil.walk_packages(api.__path__, f"{api.__name__}.") if not module.ispkg]
    return sorted(importlib.import_module(module.name).__name__.split(".")[-1] for module in found)


def digest_of(revision):
    """As docs/build/digest.md has it; RFC 8785 and this agree where no number is a fraction and all keys are ASCII."""
    said = ["content", "syntax", "title", "description", "tags", "variables", "settings", "data", "meta", "packaging"]
    form = {name: value for name, value in revision.to_dict().items() if name in said}
    text = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


prompt = create_prompt.sync(
    client=client,
    body=models.CreatePrompt(
        name="greeting",
        description="Grüßt.",
        tags=["snake"],
        visibility=models.CreatePromptVisibility.PRIVATE,
    ),
)
path = {"owner": prompt.owner_username, "name": prompt.name, "client": client}

revision = create_revision.sync(
    **path,
    body=models.CreateRevision(
        content="Hello {{who}}, grüß dich.",
        variables=[models.CreateRevisionVariablesType0Item.from_dict({"name": "who", "required": True, "max": 3})],
        settings=models.CreateRevisionSettingsType0.from_dict({"max_tokens": 100}),
        title=None,
        labels=["production"],
    ),
)

resolved = resolve_prompt.sync_detailed(**path)
unchanged = resolve_prompt.sync_detailed(**path, if_none_match=resolved.headers["etag"])
rendered = render_prompt.sync(
    **path, body=models.RenderPrompt(variables=models.RenderPromptVariables.from_dict({"who": "Ada"}))
)

missing = get_prompt.sync(owner=prompt.owner_username, name="nowhere", client=client)
invalid = create_prompt.sync(client=client, body=models.CreatePrompt(name="Not A Slug", description=""))
unready = render_prompt.sync(**path, body=models.RenderPrompt())
rival = create_prompt.sync(client=client, body=models.CreatePrompt(name="greeting", description="Again."))
stranger = AuthenticatedClient(base_url=server_url, token="pyd_wrong")
refused = get_prompt.sync(owner=prompt.owner_username, name=prompt.name, client=stranger)

json.dump(
    {
        "operations": operations(),
        "prompt": [prompt.name, prompt.visibility.value, prompt.created_at.tzinfo is not None],
        "revision": [revision.number, revision.digest, revision.labels],
        "resolved": [resolved.parsed.content, resolved.parsed.resolved_by.label, digest_of(resolved.parsed)],
        "unset": resolved.parsed.resolved_by.version is UNSET,
        "unchanged": [unchanged.status_code, unchanged.parsed],
        "rendered": [rendered.text, rendered.receipt.variables, rendered.receipt.digest],
        "missing": [type(missing).__name__, missing.error, missing.message],
        "invalid": [type(invalid).__name__, invalid.details["name"]],
        "unready": [type(unready).__name__, unready.details["variables.who"]],
        "rival": [type(rival).__name__, rival.message],
        "refused": [type(refused).__name__, refused.message],
    },
    sys.stdout,
)
